package dev.pier.sample.web;

/// A request that is refused: the status and the sentence are sent to the client ([Problem]).
public final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String sentence;

    public BadRequest(int status, String sentence) {
        super(sentence);
        this.status = status;
        this.sentence = sentence;
    }

    public int status() {
        return status;
    }

    public String sentence() {
        return sentence;
    }
}

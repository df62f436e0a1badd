package dev.pier.sample.web;

/// What the client asked for cannot be done, and the client is told why.
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

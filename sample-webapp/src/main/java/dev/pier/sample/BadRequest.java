package dev.pier.sample;

/// What the client asked for cannot be done, and the client is told why.
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String sentence;

    BadRequest(int status, String sentence) {
        super(sentence);
        this.status = status;
        this.sentence = sentence;
    }

    int status() {
        return status;
    }

    String sentence() {
        return sentence;
    }
}

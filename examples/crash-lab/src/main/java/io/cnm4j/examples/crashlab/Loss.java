package io.cnm4j.examples.crashlab;

/** Something is not as it must be after a kill. */
final class Loss extends RuntimeException {
    private static final long serialVersionUID = 1;

    Loss(String what) {
        super(what);
    }

    static void unless(boolean truth, String otherwise) {
        if (!truth) {
            throw new Loss(otherwise);
        }
    }
}

package io.cnm4j.core.sim;

/** The process ends here: unwinds all calls, which cannot change anything any more. */
final class ProcessEnd extends Error {
    private static final long serialVersionUID = 1;

    ProcessEnd() {
        super("the process ended", null, false, false);
    }
}

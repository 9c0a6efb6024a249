package io.cnm4j.examples.doctorlab;

/**
 * One way to break a host.
 *
 * @param what names it
 * @param place where the command runs
 * @param command a line of sh(1)
 */
record Damage(String what, Place place, String command) {
    /** A namespace. */
    enum Place {
        HOST,
        SANDBOX
    }

    static Damage host(String what, String command) {
        return new Damage(what, Place.HOST, command);
    }

    static Damage inside(String what, String command) {
        return new Damage(what, Place.SANDBOX, command);
    }
}

package io.cnm4j.examples.crashlab;

import java.io.IOException;

/** One JVM is always starting while another one works. Used by one thread. */
final class Spares implements AutoCloseable {
    private final Birth birth;
    private Child spare;

    /** How one is started. */
    interface Birth {
        Child start() throws IOException;
    }

    Spares(Birth birth) throws IOException {
        this.birth = birth;
        this.spare = birth.start();
    }

    /** Returns one that waits for its orders; whoever gets it closes it. */
    Child next() throws IOException {
        Child now = spare;
        spare = birth.start();
        return now;
    }

    @Override
    public void close() throws InterruptedException {
        spare.close();
    }
}

package io.cnm4j.linux.dns;

import java.util.ArrayDeque;

/** How much one sandbox asks of others at a time. On its loop. */
final class Share {
    /** Questions of one sandbox under way at a time: DNS-16. */
    static final int MOST = 1024;
    /** As many a sandbox may have under way however much others ask. */
    static final int SURE = 64;

    private static final int LINE = 8192;

    private final ArrayDeque<Waiting> line = new ArrayDeque<>();
    private int underWay;

    /** A question that waits for its turn. */
    static final class Waiting {
        private final Runnable start;
        private boolean over;

        Waiting(Runnable start) {
            this.start = start;
        }

        /** Ends the wait; tells whether it lasted until now. */
        boolean end() {
            boolean waited = !over;
            over = true;
            return waited;
        }
    }

    boolean mayStart(boolean crowded) {
        return underWay < (crowded ? SURE : MOST);
    }

    void started() {
        underWay++;
    }

    /** One is done: the next that still waits begins. */
    void ended(boolean crowded) {
        underWay--;
        while (!line.isEmpty() && mayStart(crowded)) {
            Waiting next = line.poll();
            if (next.end()) {
                next.start.run();
            }
        }
    }

    /** Puts a question into the line; tells whether there was room. */
    boolean wait(Waiting question) {
        return line.size() < LINE && line.add(question);
    }
}

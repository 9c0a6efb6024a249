package io.cnm4j.core.sim;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.tck.WriteTap;

/** Lets one call of a process meet its fate; once it has ended it makes no more. */
final class FateTap implements WriteTap {
    /** What happens to the call that is due. */
    enum Fate {
        DIES_BEFORE,
        DIES_AFTER,
        UNANSWERED_BEFORE,
        UNANSWERED_AFTER
    }

    private int countdown = -1;
    private Fate fate = Fate.DIES_BEFORE;
    private boolean dead;

    synchronized void arm(int call, Fate how) {
        countdown = call;
        fate = how;
    }

    synchronized boolean disarm() {
        boolean met = countdown < 0;
        countdown = -1;
        return met;
    }

    synchronized boolean isDead() {
        return dead;
    }

    @Override
    public synchronized void before(String change) {
        if (dead) {
            throw new ProcessEnd();
        }
        if (countdown >= 0 && --countdown < 0) {
            meet(change, Fate.DIES_BEFORE, Fate.UNANSWERED_BEFORE);
            countdown = fate == Fate.DIES_AFTER || fate == Fate.UNANSWERED_AFTER ? Integer.MIN_VALUE : -1;
        }
    }

    @Override
    public synchronized void after(String change) {
        if (dead) {
            throw new ProcessEnd();
        }
        if (countdown == Integer.MIN_VALUE) {
            countdown = -1;
            meet(change, Fate.DIES_AFTER, Fate.UNANSWERED_AFTER);
        }
    }

    private void meet(String change, Fate dies, Fate unanswered) {
        if (fate == dies) {
            dead = true;
            throw new ProcessEnd();
        } else if (fate == unanswered) {
            throw failure(change);
        }
    }

    /** Returns what each of the three would throw. */
    private static CnmException failure(String change) {
        if (change.startsWith("commit ")) {
            return new StoreException("no answer to " + change);
        } else if (change.startsWith("make ") || change.startsWith("remove ")) {
            return new PluginException("outside", PluginException.Answer.NONE, "no answer to " + change, null);
        }
        return new KernelException(change, 5, "EIO", "", "no answer");
    }
}

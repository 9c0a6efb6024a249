package io.cnm4j.tck;

import io.cnm4j.api.error.KernelException;

/** Fails some changes, counted from 1, before or after their effect. Thread-safe. */
final class FailingTap implements WriteTap {
    private final int first;
    private final int last;
    private final boolean afterEffect;
    private int seen; // guarded by this

    private FailingTap(int first, int last, boolean afterEffect) {
        this.first = first;
        this.last = last;
        this.afterEffect = afterEffect;
    }

    /** Returns a tap under which this one change fails: before its effect, or after it, so that only the answer is lost. */
    static FailingTap at(int number, boolean afterEffect) {
        return new FailingTap(number, number, afterEffect);
    }

    /** Returns a tap under which these changes fail before their effect. */
    static FailingTap between(int first, int last) {
        return new FailingTap(first, last, false);
    }

    /** Returns how many changes were tried. */
    synchronized int seen() {
        return seen;
    }

    @Override
    public synchronized void before(String change) {
        seen++;
        failIf(!afterEffect, change);
    }

    @Override
    public synchronized void after(String change) {
        failIf(afterEffect, change);
    }

    private void failIf(boolean now, String change) {
        if (now && seen >= first && seen <= last) {
            throw new KernelException(change, 5, "EIO", "", "the test wants this change to fail, number " + seen);
        }
    }
}

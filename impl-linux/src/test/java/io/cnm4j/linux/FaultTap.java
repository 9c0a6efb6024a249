package io.cnm4j.linux;

import java.util.ArrayList;
import java.util.List;

/** Fails one call, the n-th from when it is armed, before or after it happens; or that one and all later ones, as death does. */
final class FaultTap implements KernelTap {
    /** When a call fails. */
    enum Moment {
        BEFORE,
        AFTER
    }

    final List<String> calls = new ArrayList<>(); // since armed
    private int countdown = -1;
    private Moment moment = Moment.BEFORE;
    private boolean deadly;
    private boolean dead;
    private boolean failed;

    /** The call with this number, from 0, fails. */
    synchronized void arm(int number, Moment when) {
        calls.clear();
        failed = false;
        countdown = number;
        moment = when;
    }

    /** The call with this number, from 0, is the last one that is tried. */
    synchronized void armDeath(int number, Moment when) {
        arm(number, when);
        deadly = true;
    }

    /** No call fails any more. */
    synchronized void disarm() {
        countdown = -1;
        deadly = false;
        dead = false;
    }

    /** Tells whether the call that was to fail did. */
    synchronized boolean hasFailed() {
        return failed;
    }

    @Override
    public synchronized void before(String call) {
        if (dead) {
            throw new InjectedFault("dead before " + call);
        }
        calls.add(call);
        fail(call, Moment.BEFORE);
    }

    @Override
    public synchronized void after(String call) {
        fail(call, Moment.AFTER);
    }

    private void fail(String call, Moment now) {
        if (now != moment || countdown < 0) {
            return;
        }
        if (countdown-- == 0) {
            dead = deadly;
            failed = true;
            throw new InjectedFault(now + " " + call);
        }
    }
}

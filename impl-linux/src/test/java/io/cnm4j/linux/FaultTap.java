package io.cnm4j.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fails one call, the n-th from when it is armed or the first of a kind, before or after it happens; or that one and all later ones, as
 * death does.
 */
final class FaultTap implements KernelTap {
    /** When a call fails. */
    enum Moment {
        BEFORE,
        AFTER
    }

    final List<String> calls = new ArrayList<>(); // since armed
    private int countdown = -1;
    private @Nullable String wanted; // if it is not the n-th
    private @Nullable String failing; // the kind of the call that failed
    private Moment moment = Moment.BEFORE;
    private boolean deadly;
    private boolean dead;

    /** Returns what a call does, whatever it does it to. */
    static String kind(String call) {
        return call.replaceAll("[0-9a-f:.]*[0-9:][0-9a-f:.]*", "#");
    }

    /** The call with this number, from 0, fails. */
    synchronized void arm(int number, Moment when) {
        calls.clear();
        failing = null;
        wanted = null;
        countdown = number;
        moment = when;
    }

    /** The first call of this kind fails. */
    synchronized void arm(String kind, Moment when) {
        arm(0, when);
        wanted = kind;
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
        return failing != null;
    }

    /** Returns the kind of the call that failed. */
    synchronized String failing() {
        return Objects.requireNonNull(failing);
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
        if (now != moment || countdown < 0 || (wanted != null && !wanted.equals(kind(call)))) {
            return;
        }
        if (countdown-- == 0) {
            dead = deadly;
            failing = kind(call);
            throw new InjectedFault(now + " " + call);
        }
    }
}

package io.cnm4j.core.sim;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.tck.WriteTap;
import java.time.Duration;
import java.util.List;

/**
 * Hears of every write to kernel and stores, before and after it, and lets one go wrong. Once the process has ended, all go wrong
 * until the next one starts.
 */
final class Faults implements WriteTap {
    /** What goes wrong. */
    enum Kind {
        /** The write fails; when after it, only the answer is lost. */
        FAIL,
        /** The process ends. */
        CRASH,
        /** The deadline of the call is over from now on. */
        LATE,
        /** The thread is interrupted. */
        INTERRUPT,
        /** The store answers nothing any more, until the call has ended. */
        STORE_GONE
    }

    private final List<String> log;
    private int countdown = -1;
    private Kind kind = Kind.FAIL;
    private boolean ended;
    private boolean failing;
    private boolean failed;
    private boolean storeGone;
    private boolean paused;
    private int fired;
    private int writes;
    private long time;
    private Runnable bystander = () -> {};
    private Runnable next = () -> {};

    /** @param log where faults are written down */
    Faults(List<String> log) {
        this.log = log;
    }

    /** Lets a bystander act before and after every kernel write. */
    void watchedBy(Runnable onlooker) {
        bystander = onlooker;
    }

    /** Goes on only if the process has not ended, which a call in it may have taken for one failure among others. */
    void checkAlive() {
        if (ended) {
            throw new ProcessEnd();
        }
    }

    /** A process starts. */
    void start() {
        ended = false;
        storeGone = false;
    }

    /** A call starts; nothing will go wrong unless armed. */
    void calm() {
        countdown = -1;
        fired = 0;
        writes = 0;
        storeGone = false;
        failed = false;
        Thread.interrupted();
    }

    /** What comes after {@code moments} more moments goes wrong, and after that perhaps something else. */
    void arm(int moments, Kind how, Runnable then) {
        countdown = moments;
        kind = how;
        next = then;
    }

    /** Runs something without faults and bystanders. */
    void pausedFor(Runnable action) {
        boolean interrupted = Thread.interrupted();
        paused = true;
        try {
            action.run();
        } finally {
            paused = false;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns how many faults there were since the call started. */
    int fired() {
        return fired;
    }

    /** Tells whether one of them was a write that failed. */
    boolean failed() {
        return failed;
    }

    /** Returns how many kernel writes were tried since the call started. */
    int writes() {
        return writes;
    }

    /** Returns the time in nanoseconds. */
    long now() {
        return time;
    }

    @Override
    public void before(String change) {
        writes++;
        kernel("before " + change, change);
    }

    @Override
    public void after(String change) {
        kernel("after " + change, change);
    }

    private void kernel(String when, String change) {
        if (paused) {
            return;
        }
        bystander.run();
        moment(when);
        if (failsNow()) {
            throw new KernelException(change, 5, "EIO", "", "the seed wants it");
        }
    }

    /** The store is asked something. */
    void ask(String question) {
        if (storeGone && !paused) {
            throw new StoreException("no answer to " + question + ": the seed wants it");
        }
    }

    /** The store is told something. */
    void store(String when) {
        if (paused) {
            return;
        }
        moment(when);
        if (failsNow() || storeGone) {
            throw new StoreException("no answer " + when + ": the seed wants it");
        }
    }

    private boolean failsNow() {
        boolean yes = failing;
        failing = false;
        return yes;
    }

    private void moment(String when) {
        checkAlive();
        if (countdown < 0 || countdown-- > 0) {
            return;
        }
        fired++;
        log.add("    " + kind + " " + when);
        Kind now = kind;
        next.run();
        switch (now) {
            case FAIL -> {
                failing = true;
                failed = true;
            }
            case LATE -> time += Duration.ofHours(1).toNanos();
            case INTERRUPT -> Thread.currentThread().interrupt();
            case STORE_GONE -> storeGone = true;
            case CRASH -> {
                ended = true;
                throw new ProcessEnd();
            }
        }
    }
}

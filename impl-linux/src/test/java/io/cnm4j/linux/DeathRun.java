package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.linux.FaultTap.Moment;
import java.time.Duration;
import java.util.List;

/**
 * Lets the process die at every kernel and store call of steps in turn: the one that comes back finds all of the step or nothing of it. With
 * {@code -Pfaults} it dies at every call of its open, too.
 */
final class DeathRun {
    static final boolean THOROUGH = Boolean.getBoolean("cnm4j.faults");

    private final Lab lab;
    private final FaultTap tap;

    DeathRun(Lab lab, FaultTap tap) {
        this.lab = lab;
        this.tap = tap;
    }

    /** Lets it die before calls, or after them. */
    void deathAtEachCall(List<? extends Step> steps, Moment moment) {
        lab.warm();
        steps.forEach(step -> step.run(lab)); // what a controller starts when it is needed stays
        lab.settle();
        HostSnapshot empty = lab.snapshot();
        for (Step step : steps) {
            int number = 0;
            while (!step.isGiven() && dies(step, number, moment)) {
                lab.clear();
                assertThat(lab.differences(empty))
                        .as("left over after death %s call %s of %s", moment, number, step)
                        .isEmpty();
                number++;
            }
            assertThat(step.isGiven() || number > 0).as("deaths in " + step).isTrue();
            lab.clear();
        }
    }

    /** Lets the process die in a step and come back; false if the step has no such call. */
    private boolean dies(Step step, int number, Moment moment) {
        step.prepare(lab);
        List<String> before = lab.records();
        tap.armDeath(number, moment);
        try {
            step.run(lab);
        } catch (CnmException death) {
            assertThat(tap.hasFailed())
                    .as("%s failed by itself: %s", step, death)
                    .isTrue();
        }
        boolean died = tap.hasFailed();
        if (died) {
            String last = step + " died " + moment + " call " + number + " of " + tap.calls;
            comeBack();
            await().pollDelay(Duration.ZERO) // what is asked of others is asked behind the caller
                    .untilAsserted(
                            () -> assertThat(lab.controller().check()).as(last).isEmpty());
            if (step.repeats()) {
                assertThatCode(() -> step.run(lab)).as(last).doesNotThrowAnyException();
            } else if (lab.records().equals(before)) {
                step.run(lab);
            } else {
                again(step, last);
            }
        }
        tap.disarm();
        return died;
    }

    /** What is not as before the step must be as after it: then the step cannot be done again. */
    private void again(Step step, String last) {
        List<String> found = lab.records();
        try {
            step.run(lab);
        } catch (CnmException done) {
            assertThat(lab.records()).as(last).isEqualTo(found);
            return;
        }
        throw new AssertionError(last + ": neither as before it nor as after it: " + found);
    }

    private void comeBack() {
        lab.die();
        tap.disarm();
        for (int number = 0; THOROUGH && diesAtOpen(number); number++) {
            lab.die();
        }
        tap.disarm();
        lab.revive();
    }

    private boolean diesAtOpen(int number) {
        tap.armDeath(number, number % 2 == 0 ? Moment.BEFORE : Moment.AFTER);
        try {
            lab.revive();
            lab.die();
            return false;
        } catch (CnmException death) {
            assertThat(tap.hasFailed()).as("open failed by itself: " + death).isTrue();
            return true;
        } finally {
            tap.disarm();
        }
    }
}

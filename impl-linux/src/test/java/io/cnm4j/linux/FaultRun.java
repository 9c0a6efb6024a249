package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.linux.FaultTap.Moment;
import java.util.List;

/** Lets every kernel and store call of steps fail in turn: what fails leaves nothing, and what does not leaves nothing that cannot be repaired. */
final class FaultRun {
    private final Lab lab;
    private final FaultTap tap;

    FaultRun(Lab lab, FaultTap tap) {
        this.lab = lab;
        this.tap = tap;
    }

    /** Lets them fail before they happen, or after. */
    void eachCallFails(List<? extends Step> steps, Moment moment) {
        steps.forEach(step -> step.run(lab)); // what a controller starts when it is needed stays
        lab.settle();
        for (Step step : steps) {
            if (step.isGiven()) {
                step.run(lab);
                continue;
            }
            eachCallFails(step, moment);
            assertThat(lab.controller().check()).as("after " + step).isEmpty();
        }
    }

    private void eachCallFails(Step step, Moment moment) {
        HostSnapshot before = lab.snapshot();
        List<String> records = lab.records();
        int number = 0;
        boolean made = succeeds(step, number, moment);
        while (!made || tap.hasFailed()) {
            String call = step + " failed " + moment + " call " + number + " of " + tap.calls;
            if (made) { // from the beginning for the calls after it
                lab.controller().repair(lab.controller().check());
                assertThat(lab.controller().check()).as(call).isEmpty();
                lab.clear();
                step.prepare(lab);
                before = lab.snapshot();
                records = lab.records();
            } else if (step.makes()) {
                assertThat(lab.differences(before)).as(call).isEmpty();
                assertThat(lab.records()).as(call).isEqualTo(records);
            }
            number++;
            made = succeeds(step, number, moment);
        }
        assertThat(number).as("failures of " + step).isPositive();
    }

    /** Runs the step with its n-th call failing. */
    private boolean succeeds(Step step, int number, Moment moment) {
        tap.arm(number, moment);
        try {
            step.run(lab);
            return true;
        } catch (CnmException failure) {
            assertThat(tap.hasFailed())
                    .as("%s failed by itself: %s", step, failure)
                    .isTrue();
            return false;
        } finally {
            tap.disarm();
        }
    }
}

package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.linux.FaultTap.Moment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

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
        lab.warm();
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
        var failed = new HashSet<String>();
        HostSnapshot before = lab.snapshot();
        List<String> records = lab.records();
        int number = 0;
        boolean made = succeeds(step, number, moment);
        while (!made || tap.hasFailed()) {
            failed.add(tap.failing());
            String call = step + " failed " + moment + " call " + number + " of " + tap.calls;
            if (made) { // from the beginning for the calls after it
                again(step, call);
                before = lab.snapshot();
                records = lab.records();
            } else if (step.makes()) {
                assertUndone(before, records, call);
            }
            number++;
            made = succeeds(step, number, moment);
        }
        assertThat(number).as("failures of " + step).isPositive();
        missed(step, moment, failed);
    }

    /** Lets those fail whose number changed from time to time: some calls are made beside each other. */
    private void missed(Step step, Moment moment, Set<String> failed) {
        Set<String> kinds = tap.calls.stream().map(FaultTap::kind).collect(Collectors.toCollection(TreeSet::new));
        kinds.removeAll(failed);
        for (String kind : kinds) {
            again(step, step + " made");
            lab.settle();
            HostSnapshot before = lab.snapshot();
            List<String> records = lab.records();
            tap.arm(kind, moment);
            boolean made = succeeds(step);
            String call = step + " failed " + moment + " " + kind + " of " + tap.calls;
            assertThat(tap.hasFailed()).as(call).isTrue();
            if (!made && step.makes()) {
                assertUndone(before, records, call);
            }
            if (!made) {
                step.run(lab);
            }
        }
    }

    /** From the state before the step. */
    private void again(Step step, String call) {
        lab.controller().repair(lab.controller().check());
        assertThat(lab.controller().check()).as(call).isEmpty();
        lab.clear();
        step.prepare(lab);
    }

    private void assertUndone(HostSnapshot before, List<String> records, String call) {
        assertThat(lab.differences(before)).as(call).isEmpty();
        assertThat(lab.records()).as(call).isEqualTo(records);
    }

    /** Runs the step with its n-th call failing. */
    private boolean succeeds(Step step, int number, Moment moment) {
        tap.arm(number, moment);
        return succeeds(step);
    }

    /** Runs the step with the call failing that is to. */
    private boolean succeeds(Step step) {
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

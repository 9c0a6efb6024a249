package io.cnm4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.ExecutorSubject.Moment;
import java.io.File;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link PlanExecutor} does. Extend it and give the subject. */
public abstract class PlanExecutorContract {
    private ExecutorSubject subject;
    private PlanExecutor executor;
    private SamplePlans plans;
    private String found;

    /** Returns an executor on a host of its own, without anything of cnm4j. */
    protected abstract ExecutorSubject newSubject();

    @BeforeEach
    void open() {
        subject = newSubject();
        executor = subject.executor();
        plans = new SamplePlans(subject.directory());
        found = subject.dump();
    }

    @AfterEach
    void closeSubject() {
        subject.close();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    @Test
    @DisplayName("E1 MUST: whichever operation fails, before or after its effect, the host is as it was found")
    void failureLeavesTheHostAsFound() {
        Plan plan = plans.whole(1);
        for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
            for (KernelOp op : plan.ops()) {
                assumeTrue(subject.fail(moment, op::equals), "this subject cannot make an operation fail " + moment);
                assertThatThrownBy(() -> executor.apply(plan, soon())).as("%s %s", moment, op).isInstanceOf(CnmException.class);
                assertThat(subject.dump()).as("after %s failed %s", op, moment).isEqualTo(found);
            }
        }
    }

    @Test
    @DisplayName("E1 MUST: an operation that the kernel refuses by itself leaves the host as it was found")
    void refusalLeavesTheHostAsFound() {
        Plan impossible = plans.whole(1).then(plans.endpoint(2));
        assertThatThrownBy(() -> executor.apply(impossible, soon()))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("vethsample2");
        assertThat(subject.dump()).isEqualTo(found);
    }

    @Test
    @DisplayName("E2 MUST: something foreign that has the name of an object of the plan is a conflict and is left alone")
    void foreignIsLeftAlone() {
        subject.makeForeignBridge(SamplePlans.bridge(1));
        String withForeign = subject.dump();

        assertThatThrownBy(() -> executor.apply(plans.whole(1), soon()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(SamplePlans.bridge(1));
        assertThat(subject.dump()).isEqualTo(withForeign);
        assertThat(executor.check(plans.network(1), soon())).anyMatch(d -> d.kind() == Difference.Kind.FOREIGN);
        assertThatThrownBy(() -> executor.ensure(plans.network(1).filter(KernelOp.AddLink.class::isInstance), soon()))
                .isInstanceOf(ConflictException.class);
        executor.remove(plans.network(1), soon());
        assertThat(subject.dump()).isEqualTo(withForeign);
    }

    @Test
    @DisplayName("E2 MUST: a shared object that was there before stays when a plan that wants it too fails or is undone")
    void sharedIsLeft() {
        executor.apply(plans.network(1), soon());
        String one = subject.dump();

        assertThatThrownBy(() -> executor.apply(plans.network(2).then(plans.endpoint(3)), soon()))
                .isInstanceOf(KernelException.class);
        assertThat(subject.dump()).isEqualTo(one);
    }

    @Test
    @DisplayName("E3 MUST: remove undoes apply, and removing twice is removing once, without a write")
    void removedTwice() {
        Plan plan = plans.whole(1);
        Receipt applied = executor.apply(plan, soon());
        assertThat(applied.operations()).isEqualTo(plan.ops().size());
        assertThat(applied.writes()).isPositive();

        assertThat(executor.remove(plan, soon()).writes()).isPositive();
        assertThat(subject.dump()).isEqualTo(found);
        assertThat(executor.remove(plan, soon()).writes()).isZero();
        assertThat(subject.dump()).isEqualTo(found);
    }

    @Test
    @DisplayName("E3 MUST: remove takes what is left of a plan, wherever it was cut")
    void halfAPlanIsRemoved() {
        Plan plan = plans.whole(1);
        for (int k = 0; k <= plan.ops().size(); k++) {
            executor.apply(new Plan(plan.ops().subList(0, k)), soon());
            executor.remove(plan, soon());
            assertThat(subject.dump()).as("after %s operations", k).isEqualTo(found);
        }
    }

    @Test
    @DisplayName("E3 MUST: what an operator removed in between is no obstacle")
    void goneIsFine() {
        Plan plan = plans.whole(1);
        executor.apply(plan, soon());
        subject.removeLink("vethsample1");
        subject.removeLink(SamplePlans.bridge(1));

        executor.remove(plan, soon());
        assertThat(subject.dump()).isEqualTo(found);
    }

    @Test
    @DisplayName("E4 MUST: what fails while undoing is suppressed in the failure that is thrown")
    void everyFailureIsTold() {
        Plan plan = plans.network(1);
        KernelOp last = plan.ops().get(plan.ops().size() - 1);
        assumeTrue(subject.fail(Moment.BEFORE, last::equals), "this subject cannot make operations fail");
        assumeTrue(subject.fail(Moment.REMOVAL, KernelOp.AddLink.class::isInstance), "this subject cannot make removals fail");

        Throwable failure = catchThrowable(() -> executor.apply(plan, soon()));
        assertThat(failure).isInstanceOf(CnmException.class);
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    @Test
    @DisplayName("E4 MUST: remove goes on after a failure and then throws it")
    void removeGoesOn() {
        Plan plan = plans.whole(1);
        executor.apply(plan, soon());
        assumeTrue(
                subject.fail(Moment.REMOVAL, KernelOp.WriteFile.class::isInstance), "this subject cannot make removals fail");

        assertThatThrownBy(() -> executor.remove(plan, soon())).isInstanceOf(CnmException.class);
        subject.fail(Moment.REMOVAL, op -> false);
        assertThat(executor.check(plans.network(1), soon())).isNotEmpty();
        executor.remove(plan.filter(KernelOp.WriteFile.class::isInstance), soon());
        assertThat(subject.dump()).isEqualTo(found);
    }

    @Test
    @DisplayName("E5 MUST: no descriptor is left open")
    void noDescriptorIsLeftOpen() {
        cycle();
        int before = descriptors();
        for (int i = 0; i < 5; i++) {
            cycle();
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    private void cycle() {
        executor.apply(plans.whole(1), soon());
        executor.check(plans.whole(1), soon());
        executor.ensure(plans.whole(1), soon());
        executor.remove(plans.whole(1), soon());
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        assumeTrue(open != null, "descriptors are counted in /proc/self/fd, which is not there");
        return open.length;
    }

    @Test
    @DisplayName("E6 MUST: check finds nothing after apply and exactly what is missing of a part; it changes nothing")
    void checkTellsWhatIsMissing() {
        Plan plan = plans.whole(1);
        for (int k = 0; k <= plan.ops().size(); k++) {
            List<KernelOp> made = plan.ops().subList(0, k);
            List<KernelOp> rest = plan.ops().subList(k, plan.ops().size());
            executor.apply(new Plan(made), soon());
            String part = subject.dump();

            List<KernelOp> told = executor.check(plan, soon()).stream().map(Difference::op).toList();
            assertThat(told).as("after %s operations", k).isSubsetOf(rest);
            assertThat(told).containsAll(rest.stream().filter(op -> !(op instanceof KernelOp.SetSysctl)).toList());
            assertThat(subject.dump()).isEqualTo(part);
            executor.remove(plan, soon());
        }
    }

    @Test
    @DisplayName("E7 MUST: ensure of what is so already is not one write")
    void nothingToEnsure() {
        executor.apply(plans.whole(1), soon());
        String applied = subject.dump();
        assertThat(executor.ensure(plans.whole(1), soon())).isEqualTo(Receipt.NOTHING);
        assertThat(subject.dump()).isEqualTo(applied);
    }

    @Test
    @DisplayName("E7 MUST: ensure makes what is missing, wherever the plan was cut")
    void ensureMakesTheRest() {
        Plan plan = plans.whole(1);
        for (int k = 0; k <= plan.ops().size(); k++) {
            executor.apply(new Plan(plan.ops().subList(0, k)), soon());
            executor.ensure(plan, soon());
            assertThat(executor.check(plan, soon())).as("after %s operations", k).isEmpty();
            executor.remove(plan, soon());
            assertThat(subject.dump()).isEqualTo(found);
        }
    }

    @Test
    @DisplayName("E7 MUST: ensure brings back a link that an operator removed, with what hung on it")
    void ensureRepairs() {
        executor.apply(plans.whole(1), soon());
        subject.removeLink(SamplePlans.bridge(1));

        assertThat(executor.check(plans.whole(1), soon())).isNotEmpty();
        executor.ensure(plans.whole(1), soon());
        assertThat(executor.check(plans.whole(1), soon())).isEmpty();
    }

    @Test
    @DisplayName("E8 MUST: a deadline that is over stops the plan and leaves the host as it was found")
    void deadline() {
        assertThatThrownBy(() -> executor.apply(plans.whole(1), Deadline.after(Duration.ZERO)))
                .isInstanceOf(DeadlineException.class);
        assertThat(subject.dump()).isEqualTo(found);
    }

    @Test
    @DisplayName("E9 MUST: plans that share nothing but shared objects may be applied and removed at once")
    void together() {
        executor.apply(plans.network(0), soon());
        String one = subject.dump();
        Together.run(4, thread -> {
            Plan mine = plans.whole(thread + 1).filter(op -> !plans.network(0).ops().contains(op));
            executor.apply(mine, soon());
            assertThat(executor.check(mine, soon())).isEmpty();
            executor.remove(mine, soon());
        });
        assertThat(subject.dump()).isEqualTo(one);
    }
}

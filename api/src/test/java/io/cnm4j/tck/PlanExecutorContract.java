package io.cnm4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.Plan;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link PlanExecutor} does. Extend it and give the subject. */
public abstract class PlanExecutorContract {
    private static final int ENETUNREACH = 101;

    private ExecutorSubject subject;
    private PlanExecutor executor;
    private SamplePlans plans;
    private Supplier<List<String>> sinceFound;

    /** Returns an executor on a host of its own, without anything of cnm4j. */
    protected abstract ExecutorSubject newSubject();

    @BeforeEach
    void open() {
        subject = newSubject();
        executor = subject.executor();
        plans = new SamplePlans(subject.directory());
        sinceFound = subject.remember();
    }

    @AfterEach
    void closeSubject() {
        subject.close();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private void asFound(String when, Object... values) {
        assertThat(sinceFound.get()).as(when, values).isEmpty();
    }

    @Test
    @DisplayName("E1 MUST: wherever the kernel refuses, the host is as it was found")
    void refusalLeavesTheHostAsFound() {
        for (Plan cut : plans.cuts(1)) {
            assertThatThrownBy(() -> executor.apply(cut.then(plans.impossible()), soon()))
                    .isInstanceOf(CnmException.class);
            asFound("refused after %s operations", cut.ops().size());
        }
    }

    @Test
    @DisplayName("E1 MUST: whichever change fails, before its effect or after it, the host is as it was found")
    void failureLeavesTheHostAsFound() {
        for (boolean afterEffect : List.of(false, true)) {
            Throwable failure = new AssertionError("not tried yet");
            int number = 0;
            while (failure != null) {
                var tap = FailingTap.at(++number, afterEffect);
                subject.tap(tap);
                failure = catchThrowable(() -> executor.apply(plans.whole(1), soon()));
                if (failure != null) {
                    assertThat(failure).isInstanceOf(CnmException.class);
                    asFound("change %s failed, after its effect: %s", number, afterEffect);
                }
            }
            subject.tap(WriteTap.NONE);
            executor.remove(plans.whole(1), soon());
        }
    }

    @Test
    @DisplayName("E2 MUST: something foreign that has the name of a link of the plan is a conflict and is left alone")
    void foreignIsLeftAlone() {
        subject.makeForeignBridge(SamplePlans.bridge(1));
        Supplier<List<String>> sinceForeign = subject.remember();

        assertThatThrownBy(() -> executor.apply(plans.whole(1), soon()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(SamplePlans.bridge(1));
        assertThat(sinceForeign.get()).isEmpty();
        assertThat(executor.check(plans.network(1), soon())).anyMatch(d -> d.kind() == Difference.Kind.FOREIGN);
        assertThatThrownBy(() -> executor.ensure(plans.network(1).filter(LinkOp.AddLink.class::isInstance), soon()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(SamplePlans.bridge(1));
        executor.remove(plans.whole(1), soon());
        assertThat(sinceForeign.get()).isEmpty();
        subject.removeLink(SamplePlans.bridge(1));
    }

    @Test
    @DisplayName("E2 MUST: a link and a namespace that a plan only uses stay as they are, and must be there")
    void usedIsLeftAlone() {
        assertThatThrownBy(() -> executor.apply(plans.using(1), soon())).isInstanceOf(CnmException.class);
        assertThat(executor.check(plans.using(1), soon()))
                .extracting(Difference::op)
                .containsAll(plans.using(1).ops());
        executor.apply(plans.sandbox(1), soon());
        subject.makeForeignBridge(SamplePlans.bridge(1));
        Supplier<List<String>> sinceMade = subject.remember();

        executor.apply(plans.using(1), soon());
        assertThat(executor.check(plans.using(1), soon())).isEmpty();
        executor.remove(plans.using(1), soon());
        assertThat(sinceMade.get()).isEmpty();
        executor.remove(plans.sandbox(1), soon());
        subject.removeLink(SamplePlans.bridge(1));
    }

    @Test
    @DisplayName("E2 MUST: what was there before stays when a plan that relies on it fails, or wants to make it again")
    void whatWasThereStays() {
        executor.apply(plans.network(1), soon());
        Supplier<List<String>> sinceOne = subject.remember();

        Plan rest = plans.network(2).without(plans.network(1).ops());
        assertThatThrownBy(() -> executor.apply(rest.then(plans.impossible()), soon()))
                .isInstanceOf(CnmException.class);
        assertThat(sinceOne.get()).isEmpty();
        assertThatThrownBy(() -> executor.apply(plans.bridges(2, 1), soon()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(SamplePlans.bridge(1));
        assertThat(sinceOne.get()).isEmpty();
        executor.remove(plans.network(1), soon());
    }

    @Test
    @DisplayName("E3 MUST: remove undoes apply, and removing twice is removing once")
    void removedTwice() {
        Plan plan = plans.whole(1);
        Receipt applied = executor.apply(plan, soon());
        assertThat(applied.operations()).isEqualTo(plan.ops().size());
        assertThat(applied.writes()).isPositive();
        assertThat(executor.remove(plan, soon()).writes()).isPositive();
        asFound("afterwards");
        executor.remove(plan, soon());
        asFound("afterwards");
    }

    @Test
    @DisplayName("E3 MUST: remove takes what is left of a plan, wherever it was cut")
    void halfAPlanIsRemoved() {
        for (Plan cut : plans.cuts(1)) {
            executor.apply(cut, soon());
            executor.remove(plans.whole(1), soon());
            asFound("after %s operations", cut.ops().size());
        }
    }

    @Test
    @DisplayName("E3 MUST: what an operator removed in between is no obstacle")
    void goneIsFine() {
        executor.apply(plans.whole(1), soon());
        subject.removeLink(SamplePlans.veth(1));
        subject.removeLink(SamplePlans.bridge(1));

        executor.remove(plans.whole(1), soon());
        asFound("afterwards");
    }

    @Test
    @DisplayName(
            "E3 MUST: a namespace that went with a tunnel in it is no obstacle to the same tunnel right afterwards")
    void whatGoesWithItsNamespaceIsFree() {
        Plan tunnel = plans.tunnel(1);
        for (int round = 0; round < 20; round++) {
            executor.apply(tunnel, soon());
            executor.remove(Plan.of(tunnel.ops().get(0)), soon());
        }
        executor.apply(tunnel, soon());
        assertThat(executor.check(tunnel, soon())).isEmpty();
        executor.remove(tunnel, soon());
        asFound("afterwards");
    }

    @Test
    @DisplayName("E4 MUST: a refusal names the operation and the kernel's error number")
    void refusalNamesTheOperation() {
        Plan plan = plans.network(1).then(plans.unreachable(1));
        KernelException refusal = catchThrowableOfType(KernelException.class, () -> executor.apply(plan, soon()));
        assertThat(refusal).hasMessageContaining("errno=" + ENETUNREACH);
        assertThat(refusal.errno()).isEqualTo(ENETUNREACH);
        assertThat(refusal.operation()).contains("route", SamplePlans.bridge(1), "198.51.100.0/24");
    }

    @Test
    @DisplayName("E4 MUST: what fails while undoing is suppressed in the failure, and undoing begins with the newest")
    void everyFailureIsTold() {
        Plan two = plans.bridges(1, 2);
        FailingTap tap = FailingTap.at(0, false);
        Throwable failure = new AssertionError("not tried yet");
        for (int number = 1; failure.getSuppressed().length == 0 && tap.seen() >= number - 1; number++) {
            tap = FailingTap.at(number, false);
            subject.tap(tap);
            failure = catchThrowable(() -> executor.apply(two.then(plans.unreachable(2)), soon()));
            assertThat(failure).isInstanceOf(KernelException.class);
        }
        assertThat(failure.getSuppressed())
                .as("the first change of the undo failed")
                .hasSize(1);
        assertThat(failure).as("the first failure is the one thrown").hasMessageContaining("ENETUNREACH");
        assertThat(subject.host().link(SamplePlans.bridge(2))).as("the newest").isPresent();
        subject.tap(WriteTap.NONE);
        executor.remove(two, soon());
        asFound("afterwards");
    }

    @Test
    @DisplayName("E4 MUST: remove goes on after a failure, then throws the first with the others suppressed")
    void removeGoesOn() {
        executor.apply(plans.whole(1), soon());
        subject.tap(FailingTap.between(1, 2));
        Throwable failure = catchThrowable(() -> executor.remove(plans.whole(1), soon()));

        assertThat(failure).isInstanceOf(KernelException.class);
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(subject.host().link(SamplePlans.bridge(1)))
                .as("its removal comes later")
                .isEmpty();
        subject.tap(WriteTap.NONE);
        executor.remove(plans.whole(1), soon());
        asFound("afterwards");
    }

    @Test
    @DisplayName("E5 MUST: no descriptor is left open")
    void noDescriptorIsLeftOpen() {
        cycle();
        int before = descriptors();
        for (int i = 0; i < 5; i++) {
            cycle();
        }
        Waiting.until(() -> descriptors() <= before); // others in this process may have one open for a moment
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    private void cycle() {
        executor.apply(plans.whole(1), soon());
        executor.check(plans.whole(1), soon());
        executor.ensure(plans.whole(1), soon());
        executor.remove(plans.whole(1), soon());
        asFound("afterwards");
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        assumeTrue(open != null, "descriptors are counted in /proc/self/fd, which is not there");
        return open.length;
    }

    @Test
    @DisplayName("E6 MUST: check finds nothing after apply and exactly what is missing of a part; it changes nothing")
    void checkTellsWhatIsMissing() {
        for (Plan cut : plans.cuts(1)) {
            executor.apply(cut, soon());
            Supplier<List<String>> sinceCut = subject.remember();

            List<KernelOp> told = executor.check(plans.whole(1), soon()).stream()
                    .map(Difference::op)
                    .toList();
            assertThat(told)
                    .as("after %s operations", cut.ops().size())
                    .isEqualTo(plans.whole(1).without(cut.ops()).ops());
            assertThat(sinceCut.get()).isEmpty();
            executor.remove(cut, soon());
        }
    }

    @Test
    @DisplayName("E10 MUST: a port is sealed until it is not; where the kernel has ESP")
    void sealedUntilRemoved() {
        assumeTrue(subject.host().has(KernelFeature.ESP), "this kernel has no ESP: .ci/test-other-kernel");
        executor.apply(plans.sealed(), soon());
        assertThat(executor.check(plans.sealed(), soon())).isEmpty();
        executor.remove(plans.sealed(), soon());
        asFound("afterwards");
        assertThat(executor.check(plans.sealed(), soon())).hasSize(1);
        executor.remove(plans.sealed(), soon());
    }

    @Test
    @DisplayName("E7 MUST: ensure of what is so already changes nothing")
    void nothingToEnsure() {
        executor.apply(plans.whole(1), soon());
        var counter = FailingTap.at(Integer.MAX_VALUE, false);
        subject.tap(counter);
        assertThat(executor.ensure(plans.whole(1), soon())).isEqualTo(Receipt.NOTHING);
        assertThat(counter.seen()).isZero();
        executor.remove(plans.whole(1), soon());
    }

    @Test
    @DisplayName("E7 MUST: ensure makes what is missing, wherever the plan was cut")
    void ensureMakesTheRest() {
        for (Plan cut : plans.cuts(1)) {
            executor.apply(cut, soon());
            assertThat(executor.ensure(plans.whole(1), soon()).operations())
                    .isEqualTo(plans.whole(1).ops().size() - cut.ops().size());
            assertThat(executor.check(plans.whole(1), soon()))
                    .as("after %s operations", cut.ops().size())
                    .isEmpty();
            executor.remove(plans.whole(1), soon());
            asFound("afterwards");
        }
    }

    @Test
    @DisplayName("E7 MUST: ensure brings back a link that an operator removed, with what hung on it")
    void ensureRepairs() {
        for (String link : List.of(SamplePlans.bridge(1), SamplePlans.veth(1))) {
            executor.apply(plans.whole(1), soon());
            subject.removeLink(link);

            assertThat(executor.check(plans.whole(1), soon()))
                    .as("without %s", link)
                    .isNotEmpty();
            executor.ensure(plans.whole(1), soon());
            assertThat(executor.check(plans.whole(1), soon()))
                    .as("with a new %s", link)
                    .isEmpty();
            executor.remove(plans.whole(1), soon());
            asFound("afterwards");
        }
    }

    @Test
    @DisplayName("E8 MUST: whenever time is over, the host is as it was found, or the plan is done")
    void deadline() {
        assertThatThrownBy(() -> executor.apply(plans.whole(1), Deadline.after(Duration.ZERO)))
                .isInstanceOf(DeadlineException.class);
        var clock = new ChangeClock();
        subject.tap(clock);
        Throwable failure = new AssertionError("not tried yet");
        for (int number = 1; failure != null; number++) {
            Deadline deadline = clock.over(number);
            failure = catchThrowable(() -> executor.apply(plans.whole(1), deadline));
            if (failure != null) {
                assertThat(failure).isInstanceOf(DeadlineException.class);
                asFound("time was over after %s changes", number);
            }
        }
        executor.remove(plans.whole(1), soon());
    }

    @Test
    @DisplayName("E9 MUST: plans that share nothing but what is there may be applied and removed at once")
    void together() {
        executor.apply(plans.network(0), soon());
        Supplier<List<String>> sinceOne = subject.remember();
        Together.run(4, thread -> {
            for (int number = 1 + thread; number <= 20; number += 4) {
                Plan mine = plans.whole(number).without(plans.network(0).ops());
                executor.apply(mine, soon());
                assertThat(executor.check(mine, soon())).isEmpty();
                executor.remove(mine, soon());
            }
        });
        assertThat(sinceOne.get()).isEmpty();
        executor.remove(plans.network(0), soon());
    }

    @Test
    @DisplayName(
            "E10 MUST: the rest of a plan is made after its beginning, and beside them what is ensured; what cannot be undoes both, and nothing goes on")
    void followed() {
        Plan both = plans.network(1).then(plans.sandbox(1));
        executor.apply(plans.network(1), () -> new Sequel(Plan.EMPTY, plans.sandbox(1)), soon());
        assertThat(executor.check(both, soon())).isEmpty();
        executor.remove(both, soon());
        asFound("removed with what followed");

        var failure = new IllegalStateException("nothing follows");
        Supplier<Sequel> none = () -> {
            throw failure;
        };
        assertThatThrownBy(() -> executor.apply(plans.sandbox(1), none, soon())).isSameAs(failure);
        asFound("what followed was not said");
        var refusedBeside = new Sequel(plans.impossible(), plans.sandbox(1));
        assertThatThrownBy(() -> executor.apply(plans.network(1), () -> refusedBeside, soon()))
                .isInstanceOf(CnmException.class);
        executor.remove(plans.sandbox(1), soon()); // it may be there, in part or not at all
        asFound("refused beside what is ensured");
        for (Plan cut : plans.cuts(1)) {
            Plan rest = plans.whole(1).without(cut.ops());
            Receipt receipt = executor.apply(cut, () -> new Sequel(rest, Plan.EMPTY), soon());
            assertThat(receipt.operations()).isEqualTo(plans.whole(1).ops().size());
            assertThat(executor.check(plans.whole(1), soon())).isEmpty();
            executor.remove(plans.whole(1), soon());
            for (Sequel refused : List.of(
                    new Sequel(rest.then(plans.impossible()), Plan.EMPTY), new Sequel(rest, plans.impossible()))) {
                assertThatThrownBy(() -> executor.apply(cut, () -> refused, soon()))
                        .isInstanceOf(CnmException.class);
                asFound("refused, begun by %s operations", cut.ops().size());
            }
        }
    }
}

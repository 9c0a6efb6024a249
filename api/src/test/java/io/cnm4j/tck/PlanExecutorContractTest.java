package io.cnm4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.Plan;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Executors that are wrong in one way each. */
class PlanExecutorContractTest {
    private static List<String> broken(Function<FakeHost, FakeExecutor> wrong) {
        return BrokenRules.of(() -> new PlanExecutorContract() {
            @Override
            protected ExecutorSubject newSubject() {
                var host = new FakeHost();
                return FakeSubject.of(host, wrong.apply(host));
            }
        });
    }

    @Test
    void rightOneBreaksNothing() {
        assertThat(broken(FakeExecutor::new)).isEmpty();
    }

    @Test
    void undoesNothing() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    void undo(Deque<KernelOp> done, Throwable failure) {}
                }))
                .contains("E1");
    }

    @Test
    void doesNotUndoWhatHadNoAnswer() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    void undo(Deque<KernelOp> done, Throwable failure) {
                        if (failure instanceof KernelException refused
                                && !done.isEmpty()
                                && refused.operation().equals(FakeOps.text(done.peek()))) {
                            done.pop();
                        }
                        super.undo(done, failure);
                    }
                }))
                .containsExactly("E1");
    }

    @Test
    void undoesOldestFirst() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    void undo(Deque<KernelOp> done, Throwable failure) {
                        var oldestFirst = new ArrayDeque<KernelOp>();
                        done.forEach(oldestFirst::push);
                        super.undo(oldestFirst, failure);
                    }
                }))
                .containsExactly("E4");
    }

    @Test
    void undoesWhatItFound() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt apply(Plan plan, Deadline deadline) {
                        try {
                            return super.apply(plan, deadline);
                        } catch (ConflictException failure) {
                            remove(plan, deadline);
                            throw failure;
                        }
                    }
                }))
                .containsExactly("E2");
    }

    @Test
    void removesWhatIsForeign() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt remove(Plan plan, Deadline deadline) {
                        Receipt receipt = super.remove(plan, deadline);
                        plan.ops().stream()
                                .filter(LinkOp.AddLink.class::isInstance)
                                .forEach(op -> host.removeLink(
                                        ((LinkOp.AddLink) op).link().name()));
                        return receipt;
                    }
                }))
                .containsExactly("E2");
    }

    @Test
    void keepsQuietAboutFailuresOfTheUndo() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    void undo(Deque<KernelOp> done, Throwable failure) {
                        super.undo(done, new IllegalStateException());
                    }
                }))
                .containsExactly("E4");
    }

    @Test
    void stopsRemovingAtTheFirstFailure() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    Optional<RuntimeException> removeAll(Iterator<KernelOp> newestFirst) {
                        while (newestFirst.hasNext()) {
                            Optional<RuntimeException> failure =
                                    super.removeAll(List.of(newestFirst.next()).iterator());
                            if (failure.isPresent()) {
                                return failure;
                            }
                        }
                        return Optional.empty();
                    }
                }))
                .containsExactly("E4");
    }

    @Test
    void saysNotWhy() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt apply(Plan plan, Deadline deadline) {
                        try {
                            return super.apply(plan, deadline);
                        } catch (KernelException e) {
                            var vague = new KernelException("apply", 0, "ERROR", "ENETUNREACH", "try again");
                            List.of(e.getSuppressed()).forEach(vague::addSuppressed);
                            throw vague;
                        }
                    }
                }))
                .containsExactly("E4");
    }

    @Test
    void keepsDescriptors() {
        var kept = new ArrayList<Closeable>();
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt ensure(Plan plan, Deadline deadline) {
                        try {
                            kept.add(new FileInputStream("/dev/null"));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        return super.ensure(plan, deadline);
                    }
                }))
                .containsExactly("E5");
        kept.forEach(stream -> {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void overlooksAddresses() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public List<Difference> check(Plan plan, Deadline deadline) {
                        return super.check(plan, deadline).stream()
                                .filter(difference -> !(difference.op() instanceof KernelOp.AddAddress))
                                .toList();
                    }
                }))
                .containsExactly("E6");
    }

    @Test
    void ensuresByDoingAllAgain() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt ensure(Plan plan, Deadline deadline) {
                        int missing = check(plan, deadline).size();
                        remove(plan, deadline);
                        return new Receipt(missing, apply(plan, deadline).writes());
                    }
                }))
                .containsExactly("E7");
    }

    @Test
    void takesItsTime() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt apply(Plan plan, Deadline deadline) {
                        return super.apply(plan, Deadline.after(Duration.ofDays(1)));
                    }
                }))
                .containsExactly("E8");
    }

    @Test
    void losesTheRestWhenTimeIsOver() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt apply(Plan plan, Deadline deadline) {
                        PlanExecutor right = new FakeExecutor(host);
                        deadline.check("the plan");
                        Receipt receipt = super.apply(plan, Deadline.after(Duration.ofDays(1)));
                        if (deadline.isOver()) {
                            right.remove(plan.filter(KernelOp.MakeNamespace.class::isInstance), deadline);
                            throw deadline.expired("the rest");
                        }
                        return receipt;
                    }
                }))
                .containsExactly("E8");
    }

    @Test
    void leavesWhatNothingFollows() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt apply(Plan beginning, Supplier<Sequel> next, Deadline deadline) {
                        Receipt made = apply(beginning, deadline);
                        return made.and(super.apply(Plan.EMPTY, next, deadline));
                    }
                }))
                .containsExactly("E10");
    }

    @Test
    void leavesTheRestWhenNothingFollowsThat() {
        assertThat(broken(host -> new FakeExecutor(host) {
                    @Override
                    public Receipt apply(Plan beginning, Supplier<Sequel> next, Deadline deadline) {
                        Sequel sequel = next.get();
                        Supplier<Sequel> ensured = () -> new Sequel(Plan.EMPTY, sequel.ensured());
                        Receipt made = super.apply(beginning, () -> new Sequel(sequel.rest(), Plan.EMPTY), deadline);
                        return made.and(super.apply(Plan.EMPTY, ensured, deadline));
                    }
                }))
                .containsExactly("E10");
    }
}

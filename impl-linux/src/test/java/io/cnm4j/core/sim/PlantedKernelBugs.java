package io.cnm4j.core.sim;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.core.CoreFixture;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bugs in what the core asks of its executor. */
final class PlantedKernelBugs {
    private PlantedKernelBugs() {}

    /** A sabotage of the executor alone. */
    private static Sabotage executor(UnaryOperator<PlanExecutor> between) {
        return new Sabotage() {
            @Override
            public PlanExecutor executor(PlanExecutor real) {
                return between.apply(real);
            }
        };
    }

    /** What was done before a failure is not undone. */
    static Sabotage noRollback() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public Receipt apply(Plan plan, Deadline deadline) {
                plan.ops().forEach(op -> real.apply(Plan.of(op), deadline));
                return new Receipt(plan.ops().size(), plan.ops().size());
            }
        });
    }

    /** What was done first is undone first. */
    static Sabotage wrongOrder() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public Receipt remove(Plan plan, Deadline deadline) {
                var ops = new ArrayList<>(plan.ops());
                Collections.reverse(ops);
                return real.remove(new Plan(ops), deadline);
            }
        });
    }

    /** Links keep the MTU they have. */
    static Sabotage mtuForgotten() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public Receipt apply(Plan plan, Deadline deadline) {
                return real.apply(plan.filter(op -> !(op instanceof LinkOp.SetMtu)), deadline);
            }
        });
    }

    /** Nobody becomes gateway in place of an endpoint that leaves. */
    static Sabotage noTakeOver() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public Receipt ensure(Plan plan, Deadline deadline) {
                boolean takeOver = plan.ops().stream().allMatch(KernelOp.AddRoute.class::isInstance);
                return takeOver ? Receipt.NOTHING : real.ensure(plan, deadline);
            }
        });
    }

    /** A restart rebuilds what is there. */
    static Sabotage rebuild() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public Receipt ensure(Plan plan, Deadline deadline) {
                real.remove(plan, deadline);
                return real.apply(plan, deadline);
            }
        });
    }

    /** A repair that the kernel refuses counts as done. */
    static Sabotage swallowedRefusal() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public Receipt apply(Plan plan, Deadline deadline) {
                try {
                    return real.apply(plan, deadline);
                } catch (KernelException swallowed) {
                    return Receipt.NOTHING;
                }
            }
        });
    }

    /** The mark of a link is not looked at. */
    static Sabotage foreignTaken() {
        return executor(real -> new ExecutorBetween(real) {
            @Override
            public List<KernelOp> marked(
                    ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside, Deadline deadline) {
                var found = new ArrayList<>(real.marked(controller, run, inside, deadline));
                var bridge = new LinkSpec.Bridge("br-user", 0, Optional.empty(), "");
                found.add(new LinkOp.AddLink(NamespaceRef.HOST, bridge));
                return found;
            }
        });
    }

    /** What an ended process left behind is not looked for. */
    static Sabotage noSweepAtOpen() {
        return new Sabotage() {
            private boolean open;

            @Override
            public PlanExecutor executor(PlanExecutor real) {
                open = false;
                return new ExecutorBetween(real) {
                    @Override
                    public List<KernelOp> marked(
                            ControllerId controller,
                            RunDirectory run,
                            Collection<NamespaceRef> inside,
                            Deadline deadline) {
                        return open ? real.marked(controller, run, inside, deadline) : List.of();
                    }
                };
            }

            @Override
            public void opened(CoreFixture core) {
                open = true;
            }
        };
    }

    /** What a call makes is claimed only when it is made. */
    static Sabotage claimedTooLate() {
        return new Sabotage() {
            private @Nullable CoreFixture core;

            @Override
            public PlanExecutor executor(PlanExecutor real) {
                return new ExecutorBetween(real) {
                    @Override
                    public Receipt apply(Plan plan, Deadline deadline) {
                        CoreFixture now = core;
                        return now == null
                                ? real.apply(plan, deadline)
                                : now.unclaimedWhile(plan, () -> real.apply(plan, deadline));
                    }
                };
            }

            @Override
            public void opened(CoreFixture opened) {
                core = opened;
            }
        };
    }

    /** What is removed stays claimed: noticed when the next thing is removed. */
    static Sabotage claimsKept() {
        return new Sabotage() {
            private @Nullable CoreFixture core;
            private Plan last = Plan.EMPTY;

            @Override
            public PlanExecutor executor(PlanExecutor real) {
                last = Plan.EMPTY;
                return new ExecutorBetween(real) {
                    @Override
                    public Receipt remove(Plan plan, Deadline deadline) {
                        CoreFixture now = core;
                        if (now != null && !last.isEmpty()) {
                            now.claim("what was removed", last.filter(op -> op instanceof LinkOp.AddLink));
                        }
                        last = plan;
                        return real.remove(plan, deadline);
                    }
                };
            }

            @Override
            public void opened(CoreFixture opened) {
                core = opened;
            }
        };
    }
}

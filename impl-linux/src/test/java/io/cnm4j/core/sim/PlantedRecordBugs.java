package io.cnm4j.core.sim;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.CoreFixture;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import io.cnm4j.tck.DriverBetween;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bugs in what the core asks of its stores, its IPAM and its driver. */
final class PlantedRecordBugs {
    private PlantedRecordBugs() {}

    private static Sabotage lease(UnaryOperator<AddressPoolLease> between) {
        return new Sabotage() {
            @Override
            public Ipam ipam(Ipam real) {
                return LeaseBetween.ipam(real, between);
            }
        };
    }

    private static Sabotage store(UnaryOperator<KeyValueStore> between) {
        return new Sabotage() {
            @Override
            public KeyValueStore store(KeyValueStore real) {
                return between.apply(real);
            }
        };
    }

    /** Addresses are not given back. */
    static Sabotage lostRelease() {
        return lease(real -> new LeaseBetween(real) {
            @Override
            public void release(IpAddress address) {}
        });
    }

    /** Subnets are not given back. */
    static Sabotage lostPool() {
        return lease(real -> new LeaseBetween(real) {
            @Override
            public void close() {}
        });
    }

    /** Addresses of records are free again after a restart. */
    static Sabotage noRestore() {
        return lease(real -> new LeaseBetween(real) {
            @Override
            public void restore(IpAddress address) {}
        });
    }

    /** Every second address is handed out twice. */
    static Sabotage sameAddressTwice() {
        return lease(real -> new LeaseBetween(real) {
            private @Nullable IpAddress last;

            @Override
            public IpAddress request(AddressRequest request) {
                IpAddress again = last;
                last = again == null ? real.request(request) : null;
                return again == null ? Objects.requireNonNull(last) : again;
            }
        });
    }

    /** Sandboxes are recorded in memory only. */
    static Sabotage lostWrite() {
        return store(real -> new StoreBetween(real) {
            @Override
            public long commit(List<Write> writes) {
                boolean lost =
                        writes.get(0) instanceof Write.Put put && put.key().startsWith("sandbox/");
                return lost ? 1 : real.commit(writes);
            }
        });
    }

    /** What failed in the kernel stays in the record: what puts a network right again is lost. */
    static Sabotage updateKept() {
        return store(real -> new StoreBetween(real) {
            @Override
            public long commit(List<Write> writes) {
                boolean lost = writes.stream()
                        .anyMatch(write ->
                                write.expected() == Write.ANY && write.key().startsWith("network/"));
                return lost ? 1 : real.commit(writes);
            }
        });
    }

    /** Of several writes the first is carried out. */
    static Sabotage halfCommit() {
        return store(real -> new StoreBetween(real) {
            @Override
            public long commit(List<Write> writes) {
                return real.commit(writes.subList(0, 1));
            }
        });
    }

    /** After a commit without an answer nobody looks what became of it. */
    static Sabotage outcomeUnasked() {
        return store(real -> new StoreBetween(real) {
            private boolean failed;

            @Override
            public long commit(List<Write> writes) {
                failed = true;
                long revision = real.commit(writes);
                failed = false;
                return revision;
            }

            @Override
            public Optional<Entry> get(String key) {
                Optional<Entry> there = real.get(key);
                return failed ? Optional.empty() : there;
            }
        });
    }

    /** What was written without an answer is not taken back when the store answers again. */
    static Sabotage doubtForgotten() {
        return store(real -> new StoreBetween(real) {
            @Override
            public long commit(List<Write> writes) {
                boolean putsRight = writes.stream().allMatch(write -> write.expected() == Write.ANY);
                return putsRight ? 1 : real.commit(writes);
            }
        });
    }

    /** The record is written first, and then the kernel. */
    static Sabotage commitBeforeApply() {
        return new Sabotage() {
            private Runnable postponed = () -> {};

            @Override
            public PlanExecutor executor(PlanExecutor real) {
                postponed = () -> {};
                return new ExecutorBetween(real) {
                    @Override
                    public Receipt apply(Plan plan, Deadline deadline) {
                        postponed = () -> real.apply(plan, Deadline.after(Duration.ofDays(1)));
                        return Receipt.NOTHING;
                    }
                };
            }

            @Override
            public KeyValueStore store(KeyValueStore real) {
                return new StoreBetween(real) {
                    @Override
                    public long commit(List<Write> writes) {
                        long revision = real.commit(writes);
                        Runnable now = postponed;
                        postponed = () -> {};
                        now.run();
                        return revision;
                    }
                };
            }
        };
    }

    /** The name of a deleted network stays taken: noticed with the next commit. */
    static Sabotage nameKept() {
        return new Sabotage() {
            private @Nullable CoreFixture core;

            @Override
            public KeyValueStore store(KeyValueStore real) {
                return new StoreBetween(real) {
                    private Optional<NetworkRecord> deleted = Optional.empty();

                    @Override
                    public long commit(List<Write> writes) {
                        CoreFixture now = core;
                        String key = writes.get(0).key();
                        if (now != null) {
                            deleted.ifPresent(network ->
                                    now.reserve(network.name(), network.id().value()));
                            deleted = writes.get(0) instanceof Write.Delete && key.startsWith("network/")
                                    ? now.ledger().network(new NetworkId(key.substring("network/".length())))
                                    : Optional.empty();
                        }
                        return real.commit(writes);
                    }
                };
            }

            @Override
            public void opened(CoreFixture opened) {
                core = opened;
            }
        };
    }

    /** Each plan is made after another mood. */
    static Sabotage moodyDriver() {
        return new Sabotage() {
            @Override
            public NetworkDriver driver(NetworkDriver real) {
                return new MoodyDriver(real);
            }
        };
    }

    private static final class MoodyDriver extends DriverBetween {
        private int plans;

        MoodyDriver(NetworkDriver real) {
            super(real);
        }

        @Override
        public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
            Attachment attachment = super.planAttachment(network, endpoint, point);
            return ++plans % 8 == 0 ? new Attachment(attachment.link(), List.of(), List.of()) : attachment;
        }
    }
}

package io.cnm4j.driver.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.tck.BrokenRules;
import io.cnm4j.tck.IpamContract;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Address management that is wrong in one way each. */
class IpamContractTest {
    /** A lease that does what the right one does. */
    private static class Lease implements AddressPoolLease {
        final AddressPoolLease right;

        Lease(AddressPoolLease right) {
            this.right = right;
        }

        @Override
        public PoolState state() {
            return right.state();
        }

        @Override
        public IpAddress request(AddressRequest request) {
            return right.request(request);
        }

        @Override
        public void restore(IpAddress address) {
            right.restore(address);
        }

        @Override
        public void release(IpAddress address) {
            right.release(address);
        }

        @Override
        public void close() {
            right.close();
        }
    }

    /** What is wrong with requests for pools and with their leases. */
    private record Wrong(UnaryOperator<PoolRequest> request, UnaryOperator<AddressPoolLease> lease)
            implements IpamDriver {
        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public Ipam open(AddressSpace space) {
            Ipam right = new PoolIpamDriver().open(space);
            return new Ipam() {
                @Override
                public AddressPoolLease requestPool(PoolRequest wish) {
                    return lease.apply(right.requestPool(request.apply(wish)));
                }

                @Override
                public AddressPoolLease restorePool(PoolState state) {
                    return lease.apply(right.restorePool(state));
                }
            };
        }
    }

    private static List<String> brokenByLease(UnaryOperator<AddressPoolLease> lease) {
        return broken(new Wrong(request -> request, lease));
    }

    private static List<String> brokenByRequest(UnaryOperator<PoolRequest> request) {
        return broken(new Wrong(request, lease -> lease));
    }

    private static List<String> broken(IpamDriver driver) {
        return BrokenRules.of(() -> new IpamContract() {
            @Override
            protected IpamDriver newDriver() {
                return driver;
            }
        });
    }

    @Test
    void rightOneBreaksNothing() {
        assertThat(brokenByLease(lease -> lease)).isEmpty();
    }

    @Test
    void leasesTwice() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    private int number;

                    @Override
                    public IpAddress request(AddressRequest request) {
                        IpAddress address = super.request(request);
                        if (++number == 300) {
                            release(address);
                        }
                        return address;
                    }
                }))
                .containsExactly("I1");
    }

    @Test
    void keepsWhatIsReleased() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    @Override
                    public void release(IpAddress address) {
                        if (!state().pool().contains(address)) {
                            super.release(address);
                        }
                    }
                }))
                .contains("I2")
                .doesNotContain("I1", "I3", "I5", "I7");
    }

    @Test
    void handsOutBroadcast() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    private boolean out;

                    @Override
                    public IpAddress request(AddressRequest request) {
                        try {
                            return super.request(request);
                        } catch (ExhaustedException e) {
                            if (out || state().pool().length() != 29) {
                                throw e;
                            }
                            out = true;
                            return state().pool().last();
                        }
                    }
                }))
                .contains("I3")
                .doesNotContain("I1", "I4", "I5");
    }

    @Test
    void isExhaustedWithoutAName() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    @Override
                    public IpAddress request(AddressRequest request) {
                        try {
                            return super.request(request);
                        } catch (ExhaustedException e) {
                            throw new ExhaustedException("no address is left");
                        }
                    }
                }))
                .containsExactly("I4");
    }

    @Test
    void refusesInOneWayOnly() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    @Override
                    public IpAddress request(AddressRequest request) {
                        try {
                            return super.request(request);
                        } catch (InvalidRequestException e) {
                            throw new ConflictException(e.toString());
                        }
                    }
                }))
                .containsExactly("I5");
    }

    @Test
    void forgetsARange() {
        assertThat(brokenByRequest(request -> new PoolRequest(
                        request.owner(),
                        request.family(),
                        request.pool(),
                        request.range().filter(range -> !range.equals(IpPrefix.parse("10.1.0.128/30"))),
                        request.inUse(),
                        request.options())))
                .containsExactly("I6");
    }

    @Test
    void keepsPoolsThatAreGivenBack() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    @Override
                    public void close() {}
                }))
                .containsExactly("I7", "I9");
    }

    @Test
    void seesNoOverlap() {
        assertThat(broken(new IpamDriver() {
                    @Override
                    public String name() {
                        return "wrong";
                    }

                    @Override
                    public Ipam open(AddressSpace space) {
                        return new Ipam() {
                            private Ipam right = new PoolIpamDriver().open(space);

                            @Override
                            public AddressPoolLease requestPool(PoolRequest request) {
                                try {
                                    return right.requestPool(request);
                                } catch (ConflictException e) {
                                    right = new PoolIpamDriver().open(space);
                                    return right.requestPool(request);
                                }
                            }

                            @Override
                            public AddressPoolLease restorePool(PoolState state) {
                                return right.restorePool(state);
                            }
                        };
                    }
                }))
                .contains("I7")
                .doesNotContain("I1", "I8", "I9");
    }

    @Test
    void forgivesHostBits() {
        assertThat(brokenByRequest(request -> new PoolRequest(
                        request.owner(),
                        request.family(),
                        request.pool().map(IpPrefix::subnet),
                        request.range(),
                        request.inUse(),
                        request.options())))
                .containsExactly("I8");
    }

    @Test
    void looksAwayFromTheHost() {
        assertThat(brokenByRequest(request -> new PoolRequest(
                        request.owner(),
                        request.family(),
                        request.pool(),
                        request.range(),
                        UsedSubnets.NONE,
                        request.options())))
                .containsExactly("I9");
    }

    @Test
    void forgetsAddressesOverARestart() {
        assertThat(brokenByLease(right -> new Lease(right) {
                    @Override
                    public void restore(IpAddress address) {}
                }))
                .containsExactly("I10");
    }

    @Test
    void restoresOnlyWhatItsBasesHold() {
        assertThat(broken(new IpamDriver() {
                    @Override
                    public String name() {
                        return "wrong";
                    }

                    @Override
                    public Ipam open(AddressSpace space) {
                        Ipam right = new PoolIpamDriver().open(space);
                        return new Ipam() {
                            @Override
                            public AddressPoolLease requestPool(PoolRequest request) {
                                return right.requestPool(request);
                            }

                            @Override
                            public AddressPoolLease restorePool(PoolState state) {
                                Optional<AddressPool> base = space.pools().stream()
                                        .filter(pool -> pool.base().contains(state.pool()))
                                        .findFirst();
                                return base.map(found -> right.restorePool(state))
                                        .orElseThrow(
                                                () -> new InvalidRequestException(state.pool() + " is in no base"));
                            }
                        };
                    }
                }))
                .containsExactly("I10");
    }
}

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
import io.cnm4j.spi.ipam.PoolUse;
import io.cnm4j.tck.BrokenRules;
import io.cnm4j.tck.IpamContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Address management that is wrong in one way each. */
class IpamContractTest {
    private static List<String> brokenByLease(UnaryOperator<AddressPoolLease> lease) {
        return broken(new WrongIpam(request -> request, lease));
    }

    private static List<String> brokenByRequest(UnaryOperator<PoolRequest> request) {
        return broken(new WrongIpam(request, lease -> lease));
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
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
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
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
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
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
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
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
                    @Override
                    public IpAddress request(AddressRequest request) {
                        try {
                            return super.request(request);
                        } catch (ExhaustedException e) {
                            throw new ExhaustedException("no address is left");
                        }
                    }
                }))
                .containsExactly("I14", "I4");
    }

    @Test
    void refusesInOneWayOnly() {
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
                    @Override
                    public IpAddress request(AddressRequest request) {
                        try {
                            return super.request(request);
                        } catch (InvalidRequestException e) {
                            throw new ConflictException(e.toString());
                        }
                    }
                }))
                .containsExactly("I14", "I5");
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
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
                    @Override
                    public void close() {}
                }))
                .containsExactly("I11", "I7", "I9");
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
                .containsExactly("I14", "I8");
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
                .containsExactly("I14", "I9");
    }

    @Test
    void forgetsAddressesOverARestart() {
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
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

    @Test
    void sharesASubnetButNotItsAddresses() {
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
                                AddressPoolLease lease = right.requestPool(request);
                                return request.owner().equals("wide")
                                        ? new PoolIpamDriver().open(space).requestPool(request)
                                        : lease;
                            }

                            @Override
                            public AddressPoolLease restorePool(PoolState state) {
                                return right.restorePool(state);
                            }
                        };
                    }
                }))
                .containsExactly("I11");
    }

    @Test
    void handsOutTheLowestWhereTheNextWasAskedFor() {
        assertThat(brokenByRequest(request -> new PoolRequest(
                        request.owner(), request.family(), request.pool(), request.range(), request.inUse(), Map.of())))
                .containsExactly("I12");
    }

    @Test
    void countsWhatIsReleasedAsUsed() {
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
                    private long released;

                    @Override
                    public void release(IpAddress address) {
                        super.release(address);
                        released++;
                    }

                    @Override
                    public Optional<PoolUse> use() {
                        return super.use().map(use -> new PoolUse(use.used() + released, use.available()));
                    }
                }))
                .containsExactly("I13");
    }

    @Test
    void doesNotSayWhatToDo() {
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
                    @Override
                    public IpAddress request(AddressRequest request) {
                        try {
                            return super.request(request);
                        } catch (ConflictException e) {
                            throw new ConflictException(
                                    String.valueOf(e.getMessage()).replaceFirst(";.*", ""));
                        }
                    }
                }))
                .containsExactly("I14");
    }

    @Test
    void losesOneOfManyReleases() {
        assertThat(brokenByLease(right -> new WrongIpam.Lease(right) {
                    private final AtomicInteger releases = new AtomicInteger();

                    @Override
                    public void release(IpAddress address) {
                        if (releases.incrementAndGet() != 900) {
                            super.release(address);
                        }
                    }
                }))
                .containsExactly("I15");
    }
}

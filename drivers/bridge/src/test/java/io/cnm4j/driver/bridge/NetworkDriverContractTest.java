package io.cnm4j.driver.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.BrokenRules;
import io.cnm4j.tck.DriverBetween;
import io.cnm4j.tck.FakeHost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Drivers that are wrong in one way each. */
class NetworkDriverContractTest {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    /** A driver that does what the right one does. */
    private static class Driver extends DriverBetween {
        Driver() {
            super(new BridgeDriver());
        }

        @Override
        public String name() {
            return "wrong";
        }
    }

    private static List<String> broken(Driver wrong) {
        return BrokenRules.of(() -> new BridgeContractTest() {
            @Override
            protected NetworkDriver newDriver() {
                return wrong;
            }
        });
    }

    private static Plan map(Plan plan, UnaryOperator<KernelOp> change) {
        return new Plan(plan.ops().stream().map(change).toList());
    }

    @Test
    void rightOneBreaksNothing() {
        assertThat(broken(new Driver())).isEmpty();
    }

    @Test
    void drawsLotsOfItsOwn() {
        assertThat(broken(new Driver() {
                    @Override
                    public Map<String, String> decideEndpoint(
                            NetworkState network, EndpointState endpoint, DriverContext context) {
                        return Map.of(BridgePlans.HOST_LINK, "veth" + COUNTER.incrementAndGet());
                    }
                }))
                .containsExactly("D1");
    }

    @Test
    void remembersBetweenPlans() {
        assertThat(broken(new Driver() {
                    @Override
                    public Plan planNetwork(NetworkState network) {
                        int mtu = 1400 + COUNTER.incrementAndGet() % 2;
                        return super.planNetwork(NetworkState.builder()
                                .from(network)
                                .putOptions(BridgeOptions.MTU, "" + mtu)
                                .build());
                    }
                }))
                .contains("D1")
                .doesNotContain("D2", "D5", "D7");
    }

    @Test
    void doesNotMark() {
        assertThat(broken(new Driver() {
                    @Override
                    public Plan planNetwork(NetworkState network) {
                        return map(
                                super.planNetwork(network),
                                op -> op instanceof LinkOp.AddLink add
                                        ? new LinkOp.AddLink(
                                                add.namespace(),
                                                new LinkSpec.Bridge(
                                                        add.link().name(),
                                                        add.link().mtu(),
                                                        add.link().mac(),
                                                        "cnm4j 0123456789ab network"))
                                        : op);
                    }
                }))
                .containsExactly("D2");
    }

    @Test
    void namesAllAlike() {
        assertThat(broken(new Driver() {
                    @Override
                    public Map<String, String> decideEndpoint(
                            NetworkState network, EndpointState endpoint, DriverContext context) {
                        return Map.of(BridgePlans.HOST_LINK, "vethcnm");
                    }
                }))
                .containsExactly("D2");
    }

    @Test
    void leavesForwardingOn() {
        assertThat(broken(new Driver() {
                    @Override
                    public Plan planNetwork(NetworkState network) {
                        return map(
                                super.planNetwork(network),
                                op -> op instanceof KernelOp.SetSysctl set
                                        ? new KernelOp.SetSysctl(
                                                set.namespace(), set.key(), set.value(), Optional.empty())
                                        : op);
                    }
                }))
                .containsExactly("D3");
    }

    @Test
    void forgivesBadOptions() {
        assertThat(broken(new Driver() {
                    @Override
                    public NetworkNeeds needs(NetworkState network) {
                        return super.needs(NetworkState.builder()
                                .from(network)
                                .options(Map.of())
                                .build());
                    }
                }))
                .containsExactly("D4");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(broken(new Driver() {
                    @Override
                    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
                        if (network.options().containsKey("com.example.colour")) {
                            throw new InvalidRequestException("com.example.colour");
                        }
                        return super.decideNetwork(network, context);
                    }
                }))
                .containsExactly("D4");
    }

    @Test
    void findsOutTooLate() {
        assertThat(broken(new Driver() {
                    @Override
                    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
                        return super.decideNetwork(
                                network,
                                new DriverContext(
                                        new FakeHost(), context.siblings(), context.random(), context.mayForward()));
                    }
                }))
                .containsExactly("D5");
    }

    @Test
    void wantsMoreThanItNeeds() {
        assertThat(broken(new Driver() {
                    @Override
                    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
                        context.host().require(KernelFeature.BRIDGE_PORT_ISOLATION);
                        return super.decideNetwork(network, context);
                    }
                }))
                .containsExactly("D5");
    }

    @Test
    void usesWhatIsForeign() {
        assertThat(broken(new Driver() {
                    @Override
                    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
                        boolean there = context.host()
                                .link("br-" + network.id().shortForm())
                                .isPresent();
                        var note = new HashMap<>(super.decideNetwork(
                                network,
                                new DriverContext(
                                        new FakeHost(), context.siblings(), context.random(), context.mayForward())));
                        new BridgeContractTest().features().forEach(context.host()::require);
                        note.put("there", String.valueOf(there));
                        return note;
                    }

                    @Override
                    public Plan planNetwork(NetworkState network) {
                        return "true".equals(network.note().get("there"))
                                ? super.planNetwork(network).filter(op -> !(op instanceof LinkOp.AddLink))
                                : super.planNetwork(network);
                    }
                }))
                .containsExactly("D6");
    }

    @Test
    void givesAddressesItself() {
        assertThat(broken(new Driver() {
                    @Override
                    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
                        Attachment right = super.planAttachment(network, endpoint, point);
                        var address = new KernelOp.AddAddress(
                                point.namespace(),
                                point.interfaceName(),
                                endpoint.addresses().get(0));
                        return new Attachment(right.link().then(Plan.of(address)), right.gateways(), right.routes());
                    }
                }))
                .containsExactly("D7");
    }

    @Test
    void leadsOutOfInternalNetworks() {
        assertThat(broken(new Driver() {
                    @Override
                    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
                        Attachment right = super.planAttachment(network, endpoint, point);
                        List<IpAddress> gateways = network.pools().stream()
                                .map(NetworkPool::gateway)
                                .flatMap(Optional::stream)
                                .filter(gateway ->
                                        endpoint.address(gateway.family()).isPresent())
                                .toList();
                        return new Attachment(right.link(), gateways, right.routes());
                    }
                }))
                .containsExactly("D7");
    }

    @Test
    void bringsAnotherInterface() {
        assertThat(broken(new Driver() {
                    @Override
                    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
                        return super.planAttachment(
                                network, endpoint, new AttachPoint(NamespaceRef.HOST, point.interfaceName()));
                    }
                }))
                .contains("D7");
    }
}

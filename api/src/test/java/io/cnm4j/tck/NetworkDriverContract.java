package io.cnm4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link NetworkDriver} does, without root: plans run on a fake host. Extend it and give the driver. */
public abstract class NetworkDriverContract {
    private static final NamespaceRef SANDBOX = NamespaceRef.at("/run/fake/netns-contract");
    private static final AttachPoint POINT = new AttachPoint(SANDBOX, "eth7");

    private static final AttachPoint ELSEWHERE = new AttachPoint(NamespaceRef.at("/run/fake/netns-other"), "eth7");

    private NetworkDriver driver;
    private FakeHost host;
    private FakeExecutor executor;
    private String found;

    /** Returns the driver. */
    protected abstract NetworkDriver newDriver();

    /** Returns a host with what the driver needs; override where that is more than nothing. */
    protected FakeHost newHost() {
        return new FakeHost();
    }

    /** Returns options of a good network; override where it needs some. Two such networks must get along. */
    protected Map<String, String> options() {
        return Map.of();
    }

    /** Returns options with a wrong value, each added alone to {@link #options}. */
    protected abstract Map<String, String> badOptions();

    /** Returns what the kernel must have for a network of both families with {@link #options}. */
    protected abstract Set<KernelFeature> features();

    /** Tells whether the driver has one network and refuses a second; override where that is so. */
    protected boolean single() {
        return false;
    }

    @BeforeEach
    void open() {
        driver = newDriver();
        host = newHost();
        executor = new FakeExecutor(host);
        found = host.dump();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private DriverContext context(NetworkState... siblings) {
        return new DriverContext(host, Siblings.of(List.of(siblings)), new Random(1), true);
    }

    private NetworkState requested(int number) {
        boolean addresses = driver.needs(
                        SampleRecords.requested(number).options(options()).build())
                .addresses();
        return (addresses ? SampleRecords.network(number) : SampleRecords.requested(number))
                .options(options())
                .build();
    }

    private NetworkState network(int number, NetworkState... siblings) {
        return decided(requested(number), siblings);
    }

    private NetworkState decided(NetworkState network, NetworkState... siblings) {
        return NetworkState.builder()
                .from(network)
                .note(driver.decideNetwork(network, context(siblings)))
                .build();
    }

    private EndpointState endpoint(int number, NetworkState network) {
        EndpointState endpoint = SampleRecords.endpoint(number, network).build();
        return EndpointState.builder()
                .from(endpoint)
                .note(driver.decideEndpoint(network, endpoint, context()))
                .build();
    }

    /** Returns what the core makes of an attachment: sandbox, link, addresses, routes, default routes. */
    private Plan whole(NetworkState network, EndpointState endpoint) {
        Attachment attachment = driver.planAttachment(network, endpoint, POINT);
        var ops = new ArrayList<KernelOp>();
        ops.add(new KernelOp.MakeNamespace(SANDBOX, Map.of()));
        ops.addAll(attachment.link().ops());
        for (IpPrefix address : endpoint.addresses()) {
            ops.add(new KernelOp.AddAddress(
                    SANDBOX,
                    POINT.interfaceName(),
                    attachment.alone()
                            ? new IpPrefix(address.address(), address.family().bits())
                            : address));
        }
        attachment
                .neighbours()
                .forEach(known -> ops.add(
                        new NeighbourOp.AddNeighbour(SANDBOX, POINT.interfaceName(), known.address(), known.mac())));
        attachment.routes().forEach(route -> ops.add(new KernelOp.AddRoute(SANDBOX, route)));
        for (IpAddress gateway : attachment.gateways()) {
            ops.add(new KernelOp.AddRoute(SANDBOX, RouteSpec.defaultVia(gateway, POINT.interfaceName())));
        }
        return new Plan(ops);
    }

    @Test
    @DisplayName("D1 MUST: the same inputs give the same notes, from another instance too")
    void sameInputsSameNotes() {
        NetworkState network = network(1);
        EndpointState endpoint = endpoint(5, network);
        driver = newDriver();
        assertThat(network(1)).isEqualTo(network);
        assertThat(endpoint(5, network)).isEqualTo(endpoint);
    }

    @Test
    @DisplayName("D1 MUST: a plan comes from the record alone, whatever becomes of the host, from another instance too")
    void plansDoNotLookAtTheHost() {
        NetworkState network = network(1);
        EndpointState endpoint = endpoint(5, network);
        Plan plan = driver.planNetwork(network).then(whole(network, endpoint));
        executor.apply(plan, soon());
        assertThat(driver.planNetwork(network).then(whole(network, endpoint))).isEqualTo(plan);
        driver = newDriver();
        assertThat(driver.planNetwork(network).then(whole(network, endpoint))).isEqualTo(plan);
    }

    @Test
    @DisplayName("D1 MUST: deciding and planning change nothing, by many threads at once either")
    void planningAtOnce() {
        NetworkState network = network(1);
        EndpointState endpoint = endpoint(5, network);
        Plan plan = driver.planNetwork(network).then(whole(network, endpoint));
        Together.run(4, thread -> {
            for (int i = 0; i < 50; i++) {
                NetworkState other = network(2 + thread);
                driver.planAttachment(other, endpoint(5, other), POINT);
                assertThat(driver.planNetwork(network).then(whole(network, endpoint)))
                        .isEqualTo(plan);
            }
        });
        assertThat(host.differencesSince(found)).isEmpty();
    }

    @Test
    @DisplayName("D2 MUST: every link carries the controller's mark, every table its name")
    void everythingIsMarked() {
        NetworkState network = network(1);
        Plan all = driver.planNetwork(network).then(whole(network, endpoint(5, network)));
        for (KernelOp op : all.ops()) {
            if (op instanceof LinkOp.AddLink add) {
                assertThat(Mark.isOf(SampleRecords.CONTROLLER, add.link().mark()))
                        .as("mark of %s", op)
                        .isTrue();
            } else if (op instanceof FirewallOp.AddTable add) {
                assertThat(add.table().name()).isEqualTo(Mark.table(SampleRecords.CONTROLLER));
            } else if (op instanceof FirewallOp.AddElements add) {
                assertThat(add.table()).isEqualTo(Mark.table(SampleRecords.CONTROLLER));
            }
        }
    }

    @Test
    @DisplayName("D2 MUST: two networks, and two endpoints of one, claim nothing that the other has for itself")
    void namesAreApart() {
        assumeFalse(single(), "this driver has one network");
        NetworkState one = network(1);
        NetworkState two = network(2, one);
        assertThat(own(driver.planNetwork(one)))
                .filteredOn(own(driver.planNetwork(two))::contains)
                .isEmpty();
        assertThat(own(link(one, 5, POINT)))
                .filteredOn(own(link(one, 6, ELSEWHERE))::contains)
                .isEmpty();
    }

    private Plan link(NetworkState network, int number, AttachPoint point) {
        return driver.planAttachment(network, endpoint(number, network), point).link();
    }

    private static Set<String> own(Plan plan) {
        return plan.claims().stream()
                .filter(claim -> !claim.shared())
                .map(Claim::object)
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName("D3 MUST: applied, a network and an attachment are as planned; removed, the host is as it was found")
    void appliedAndRemoved() {
        NetworkState network = network(1);
        Plan plan = driver.planNetwork(network);
        Plan attached = whole(network, endpoint(5, network));
        executor.apply(plan, soon());
        String withNetwork = host.dump();
        executor.apply(attached, soon());
        assertThat(executor.check(plan.then(attached), soon())).isEmpty();

        executor.remove(attached, soon());
        assertThat(host.differencesSince(withNetwork)).isEmpty();
        executor.remove(plan, soon());
        assertThat(host.differencesSince(found)).isEmpty();
    }

    @Test
    @DisplayName(
            "D3 MUST: a second network comes and goes without the first noticing, or is refused by a driver with one")
    void secondNetwork() {
        NetworkState one = network(1);
        if (single()) {
            assertThatThrownBy(() -> network(2, one))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(one.name());
            return;
        }
        Plan first = driver.planNetwork(one);
        executor.apply(first, soon());
        String withOne = host.dump();
        Plan second = driver.planNetwork(network(2, one));
        Plan alone = second.filter(
                op -> op.claim().filter(Claim::shared).isEmpty() || !first.ops().contains(op));

        executor.apply(alone, soon());
        assertThat(executor.check(first.then(second), soon())).isEmpty();
        executor.remove(alone, soon());
        assertThat(host.differencesSince(withOne)).isEmpty();
    }

    @Test
    @DisplayName("D4 MUST: a wrong option is refused, with label and value, before anything is leased or changed")
    void badOptionsAreRefused() {
        badOptions().forEach((label, value) -> {
            NetworkState bad = SampleRecords.requested(1)
                    .options(options())
                    .putOptions(label, value)
                    .build();
            assertThatThrownBy(() -> driver.needs(bad))
                    .as("%s=%s", label, value)
                    .isInstanceOfAny(InvalidRequestException.class, UnsupportedException.class)
                    .hasMessageContainingAll(label, value);
        });
        assertThat(host.differencesSince(found)).isEmpty();
    }

    @Test
    @DisplayName("D4 MUST: an option of somebody else is ignored (BR-14)")
    void unknownOptionsAreIgnored() {
        NetworkState network = NetworkState.builder()
                .from(requested(1))
                .putOptions("com.example.colour", "blue")
                .build();
        assertThat(driver.planNetwork(decided(network))).isEqualTo(driver.planNetwork(network(1)));
    }

    @Test
    @DisplayName("D5 MUST: what the kernel lacks is said before anything is made")
    void missingFeatures() {
        for (KernelFeature feature : features()) {
            host = newHost().without(feature);
            assertThatThrownBy(() -> network(1)).as("%s", feature).isInstanceOf(UnsupportedException.class);
        }
        host = newHost();
        for (KernelFeature feature : KernelFeature.values()) {
            if (!features().contains(feature)) {
                host.without(feature);
            }
        }
        executor = new FakeExecutor(host);
        executor.apply(driver.planNetwork(network(1)), soon());
    }

    @Test
    @DisplayName(
            "D6 MUST: a foreign link that has the name of one of ours is a conflict, or used openly, and stays as it is")
    void foreignLinks() {
        List<String> names = driver.planNetwork(network(1)).ops().stream()
                .filter(op -> op instanceof LinkOp.AddLink && op.namespace().isHost())
                .map(op -> ((LinkOp.AddLink) op).link().name())
                .toList();
        assumeFalse(names.isEmpty(), "a network of this driver makes no link on the host");
        for (String name : names) {
            host = newHost().withForeignLink(name, "dummy", "192.0.2.1/24");
            executor = new FakeExecutor(host);
            String foreign = host.dump();
            Throwable refused = catchThrowable(() -> executor.apply(driver.planNetwork(network(1)), soon()));
            if (refused == null) { // it must say so
                Plan plan = driver.planNetwork(network(1));
                assertThat(plan.ops())
                        .anyMatch(op ->
                                op instanceof LinkOp.UseLink use && use.name().equals(name));
                executor.remove(plan, soon());
            } else {
                assertThat(refused).isInstanceOf(ConflictException.class).hasMessageContaining(name);
            }
            assertThat(host.differencesSince(foreign)).isEmpty();
        }
    }

    @Test
    @DisplayName("D7 MUST: a link brings the interface that was asked for; its addresses are left to the core")
    void interfaceIsBorn() {
        NetworkState network = network(1);
        EndpointState endpoint = endpoint(5, network);
        Plan link = driver.planAttachment(network, endpoint, POINT).link();
        assumeFalse(link.isEmpty(), "this driver brings no interface");
        executor.apply(driver.planNetwork(network), soon());
        executor.apply(Plan.of(new KernelOp.MakeNamespace(SANDBOX, Map.of())).then(link), soon());

        assertThat(host.link(SANDBOX, POINT.interfaceName())).isPresent();
        assertThat(host.addresses(SANDBOX, POINT.interfaceName())).isEmpty();
        for (KernelOp op : link.ops()) {
            if (op instanceof LinkOp.AddLink add && add.link() instanceof LinkSpec.Veth) {
                assertThat(host.link(SANDBOX, POINT.interfaceName())
                                .orElseThrow()
                                .mac())
                        .contains(endpoint.mac());
            }
        }
    }

    @Test
    @DisplayName(
            "D7 MUST: an attachment gives a gateway for families of its endpoint only, at most one, and none if internal")
    void gateways() {
        NetworkState network = network(1);
        EndpointState endpoint = endpoint(5, network);
        for (Family family : Family.values()) {
            EndpointState one = EndpointState.builder()
                    .from(endpoint)
                    .addresses(endpoint.addresses().stream()
                            .filter(a -> a.family() == family)
                            .toList())
                    .build();
            List<Family> families = driver.planAttachment(network, one, POINT).gateways().stream()
                    .map(IpAddress::family)
                    .toList();
            assertThat(families).isSubsetOf(family).hasSizeLessThanOrEqualTo(1);
        }
        NetworkState internal =
                decided(NetworkState.builder().from(requested(1)).internal(true).build());
        assertThat(driver.planAttachment(internal, endpoint(5, internal), POINT).gateways())
                .as("BR-28")
                .isEmpty();
    }
}

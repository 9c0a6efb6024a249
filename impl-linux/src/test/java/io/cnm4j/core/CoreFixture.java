package io.cnm4j.core;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.Family;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.registry.Named;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.tck.FakeHost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** An open controller, and what tests see of it that callers do not. */
public final class CoreFixture {
    final CoreController controller;
    private final Engine engine;

    /** Opens a controller whose calls may take 20 s on the clock {@code nanoTime}. */
    public CoreFixture(ControllerParts parts, LongSupplier nanoTime) {
        controller = CoreController.open(parts, Duration.ofSeconds(20), nanoTime, 1);
        engine = controller.engine;
    }

    /** Returns the parts of a controller whose identity is the same in all tests. */
    public static ControllerParts parts(
            FakeHost host,
            PlanExecutor executor,
            NetworkDriver driver,
            Ipam ipam,
            KeyValueStore lasting,
            KeyValueStore living,
            RandomGenerator random) {
        return new ControllerParts(
                new Ledger(lasting, living, Ledger.identity(lasting, () -> new ControllerId("c".repeat(64)))),
                Named.of(
                        "driver",
                        driver instanceof ExternalDriver
                                ? List.of(driver, new BridgeDriver()) // for the ways out
                                : List.of(driver, new InwardBridge()),
                        NetworkDriver::name),
                Named.of("IPAM driver", List.of(ipam), i -> "default"),
                host,
                executor,
                host,
                new RunDirectory("/run/t"),
                true,
                Optional.empty(),
                List.of(),
                ControllerConfig.defaults().gatewayNetwork(),
                false,
                Optional.empty(),
                new NameDirectory(),
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                random,
                Optional.empty());
    }

    /** Returns what callers see. */
    public NetworkController controller() {
        return controller;
    }

    /** Tells whether all sandboxes that need a way out of the controller's have one, and there is no more than that. */
    public boolean areWaysOutInOrder() {
        return engine.waysOut().areInOrder();
    }

    /** Returns the records. */
    public Ledger ledger() {
        return engine.parts.ledger();
    }

    /** Returns the plan that each claim holder holds, by its kind and id. */
    public Map<String, Plan> claimed() {
        var plans = new TreeMap<String, Plan>();
        engine.claims.plans().forEach((owner, plan) -> plans.put(owner.subject(), plan));
        return plans;
    }

    /** Returns the plan that each record means, by its kind and id. */
    public Map<String, Plan> recorded() {
        var plans = new TreeMap<String, Plan>();
        for (NetworkRecord network : ledger().networks()) {
            plans.put(Owner.of(network).subject(), engine.compose.network(network));
        }
        for (SandboxRecord sandbox : ledger().sandboxes()) {
            plans.put(Owner.of(sandbox).subject(), engine.compose.sandbox(sandbox));
            for (EndpointRecord endpoint : ledger().endpointsIn(sandbox.id())) {
                plans.put(Owner.of(endpoint).subject(), engine.compose.attachment(endpoint, sandbox));
            }
        }
        return plans;
    }

    /** Tells whether an endpoint could be the gateway of its sandbox for a family. */
    public boolean canBeGateway(EndpointRecord endpoint, Family family) {
        return engine.compose.defaultFamilies(endpoint).contains(family);
    }

    /** Returns who has the name of a network. */
    public Optional<String> networkNamed(String name) {
        return engine.names.owner("networks", name);
    }

    /** Returns who has the name of a container. */
    public Optional<String> sandboxNamed(String container) {
        return engine.names.owner("containers", container);
    }

    /** Returns who has the name of an endpoint on a network. */
    public Optional<String> endpointNamed(NetworkRecord network, String name) {
        return engine.names.owner(Engine.endpointSpace(network), name);
    }

    /** Takes a network's name as if a record had it. */
    public void reserve(String network, String id) {
        engine.names.reserve("networks", network, id);
    }

    /** Takes a claim as if a record had it. */
    public void claim(String subject, Plan plan) {
        engine.claims.take(new Owner(subject, subject, subject), plan);
    }

    /** Gives up the claim on exactly this plan while something runs. */
    public <T> T unclaimedWhile(Plan plan, Supplier<T> action) {
        Optional<Owner> owner = engine.claims.plans().entrySet().stream()
                .filter(held -> held.getValue().equals(plan))
                .map(Map.Entry::getKey)
                .findFirst();
        owner.ifPresent(engine.claims::release);
        T result = action.get();
        owner.ifPresent(holder -> engine.claims.take(holder, plan));
        return result;
    }

    /** Removes what nobody claims, as an open does. */
    public void sweep() {
        engine.doctor.sweep(controller.deadline());
    }
}

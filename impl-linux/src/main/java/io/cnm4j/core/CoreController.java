package io.cnm4j.core;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.DryRun;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PruneFilter;
import io.cnm4j.api.model.RuntimeHook;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/** The controller: gives each call its deadline and its flow. Immutable, thread-safe. */
final class CoreController implements NetworkController {
    final Engine engine;
    final NetworkFlow networks;
    final SandboxFlow sandboxes;
    final EndpointFlow endpoints;
    final Arrivals arrivals;
    final Links links;
    final KeyFlow keys;
    final UpdateFlow updates;
    final AlterFlow alterations;
    private final Duration callTimeout;
    private final LongSupplier nanoTime;

    CoreController(Engine engine, Duration callTimeout, LongSupplier nanoTime) {
        this.engine = engine;
        this.networks = new NetworkFlow(engine);
        this.sandboxes = new SandboxFlow(engine);
        this.endpoints = new EndpointFlow(engine, networks, sandboxes);
        this.arrivals = new Arrivals(engine, networks, sandboxes, endpoints);
        this.links = new Links(engine);
        this.keys = new KeyFlow(engine, sandboxes);
        this.updates = new UpdateFlow(engine, sandboxes);
        this.alterations = new AlterFlow(engine, networks);
        this.callTimeout = callTimeout;
        engine.onLoss(endpoint -> endpoints.leave(endpoint.id(), true, deadline()));
        this.nanoTime = nanoTime;
    }

    /**
     * Opens a controller made of these parts.
     *
     * @param nanoTime the clock on which its deadlines run
     * @param threads how many threads the open may use at most
     */
    static CoreController open(ControllerParts parts, Duration callTimeout, LongSupplier nanoTime, int threads) {
        var engine = new Engine(parts);
        var controller = new CoreController(engine, callTimeout, nanoTime);
        engine.settling(new Settling(engine, controller.networks, controller.endpoints));
        engine.waysOut(new WaysOut(engine, controller.networks, controller.endpoints));
        Deadline deadline = Deadline.after(callTimeout, nanoTime);
        try {
            engine.cluster.ifPresent(cluster -> cluster.follow(deadline));
            new Restart(engine, deadline, threads).run();
            controller.networks.openDefaults(deadline);
            engine.waysOut().open(deadline);
            engine.cluster.ifPresent(cluster -> cluster.join(deadline));
        } catch (RuntimeException | Error failure) {
            engine.settling().close();
            engine.cluster.ifPresent(Cluster::close);
            throw failure;
        }
        if (parts.watch()) {
            engine.guard(new Guard(engine, callTimeout));
        }
        engine.settling().start();
        parts.hooks().ifPresent(source -> engine.hooks(source.open(controller::handedOver)));
        return controller;
    }

    Deadline deadline() {
        return Deadline.after(callTimeout, nanoTime);
    }

    @Override
    public ControllerId id() {
        return engine.controller();
    }

    @Override
    public NetworkController within(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new InvalidRequestException("call timeout " + limit + " must be positive");
        }
        return new CoreController(engine, limit, nanoTime);
    }

    @Override
    public Network createNetwork(NetworkRequest request) {
        return handle(networks.create(request, false, deadline()));
    }

    @Override
    public Network createNetworkIfAbsent(NetworkRequest request) {
        return handle(networks.create(request, true, deadline()));
    }

    @Override
    public List<Network> networks() {
        engine.checkOpen();
        return engine.parts.ledger().networks().stream()
                .sorted(Comparator.comparing(NetworkRecord::name))
                .<Network>map(this::handle)
                .toList();
    }

    @Override
    public Network networkByName(String name) {
        engine.checkOpen();
        if (name.isBlank()) { // CTL-07
            throw new InvalidRequestException("network name is blank; ask for a name");
        }
        return handle(networks.named(name)
                .orElseThrow(() -> new NotFoundException(
                        "no network is called '" + name + "'; networks() lists those there are")));
    }

    @Override
    public Network networkById(NetworkId id) {
        engine.checkOpen();
        return handle(networks.existing(id));
    }

    @Override
    public List<String> pruneNetworks(PruneFilter filter) {
        engine.checkOpen();
        return networks.prune(filter, deadline());
    }

    @Override
    public List<SubnetUse> addresses() {
        engine.checkOpen();
        return engine.parts.ledger().networks().stream()
                .sorted(Comparator.comparing(NetworkRecord::name))
                .flatMap(network -> engine.leases.use(network).stream())
                .toList();
    }

    @Override
    public Sandbox createSandbox(SandboxRequest request) {
        SandboxRecord sandbox = arrivals.create(request, deadline());
        links.follow(engine.parts.ledger().endpointsIn(sandbox.id()), deadline());
        return handle(sandbox);
    }

    @Override
    public List<Sandbox> sandboxes() {
        engine.checkOpen();
        return engine.parts.ledger().sandboxes().stream()
                .sorted(Comparator.comparing(SandboxRecord::containerId))
                .<Sandbox>map(this::handle)
                .toList();
    }

    @Override
    public Sandbox sandboxByContainer(String containerId) {
        engine.checkOpen();
        if (containerId.isBlank()) {
            throw new InvalidRequestException("container id is blank; ask for a container");
        }
        return handle(sandboxes
                .ofContainer(containerId)
                .orElseThrow(() -> new NotFoundException("container '" + containerId + "' has no sandbox")));
    }

    @Override
    public Sandbox sandboxById(SandboxId id) {
        engine.checkOpen();
        return handle(sandboxes.existing(id));
    }

    @Override
    public void destroySandbox(String containerId) { // CTL-12
        engine.checkOpen();
        sandboxes.ofContainer(containerId).ifPresent(sandbox -> {
            try {
                delete(sandbox.id());
            } catch (NotFoundException gone) {
                // another caller destroyed it first: that is what was asked for
            }
        });
    }

    private void handedOver(String container, Path namespace) { // XK-04
        sandboxByContainer(container).useNamespace(namespace);
    }

    @Override
    public RuntimeHook runtimeHook() {
        engine.checkOpen();
        return engine.hooks()
                .orElseThrow(() -> new InvalidRequestException(
                        "this controller listens for no hooks; open it with ControllerConfig.runtimeHooks"))
                .hook();
    }

    void delete(SandboxId id) {
        engine.checkOpen();
        List<EndpointRecord> endpoints = sandboxes.endpoints(id);
        sandboxes.delete(id, deadline());
        if (endpoints.stream().anyMatch(endpoint -> endpoint.wayOutOf().isPresent())) {
            engine.waysOut().networkLeft(deadline());
        }
        links.follow(endpoints, deadline());
    }

    @Override
    public List<Finding> check() {
        engine.checkOpen();
        return engine.doctor.check(deadline());
    }

    @Override
    public List<Finding> repair(Collection<Finding> findings) {
        engine.checkOpen();
        return engine.doctor.repair(findings, deadline());
    }

    @Override
    public DryRun dryRun() {
        return new CoreDryRun(this);
    }

    @Override
    public void close() {
        engine.close();
    }

    NetworkHandle handle(NetworkRecord network) {
        return new NetworkHandle(this, network.id(), network.name());
    }

    SandboxHandle handle(SandboxRecord sandbox) {
        return new SandboxHandle(
                this,
                sandbox.id(),
                sandbox.containerId(),
                engine.parts.namespaces().path(sandbox.namespace()));
    }
}

package io.cnm4j.benchmarks.restart;

import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.Family;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.rtnetlink.AddressMessages;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;

/** The least that reading all again takes: the same records as bytes, and dumps of links, addresses and routes of each namespace. */
final class Floor implements AutoCloseable {
    private static final int ADDRESSES_AND_ROUTES = 3;

    private final ControllerConfig config;
    private final Path run;
    private final List<NamespaceRef> namespaces;
    private final NamespaceWorkers workers;
    private final StoreProvider stores =
            ServiceLoader.load(StoreProvider.class).findFirst().orElseThrow();
    private final MessageBuilder messages = new MessageBuilder();
    long octets; // so that nothing is optimized away

    /** @param sandboxes of an open controller */
    Floor(ControllerConfig config, String controller, List<Sandbox> sandboxes) {
        this.config = config;
        this.run = config.runDirectory().resolve(controller);
        this.namespaces = sandboxes.stream()
                .map(sandbox -> NamespaceRef.at(sandbox.namespacePath().toString()))
                .toList();
        this.workers = new NamespaceWorkers(config.hostNamespace().orElseThrow());
    }

    /** Does it once, on one thread. */
    void run() {
        records(config.stateDirectory().resolve("store"), Durability.POWER_LOSS);
        records(run.resolve("store"), Durability.PROCESS_END);
        workers.call(Deadline.after(Duration.ofMinutes(1)), () -> {
            dump();
            for (NamespaceRef namespace : namespaces) {
                NamespaceWorkers.inside(namespace, () -> {
                    dump();
                    return true;
                });
            }
            return true;
        });
    }

    private void records(Path directory, Durability durability) {
        try (KeyValueStore store = stores.open(directory, durability)) {
            for (Entry entry : store.list("")) {
                octets += entry.value().length;
            }
        }
    }

    private void dump() {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            for (int i = 0; i <= ADDRESSES_AND_ROUTES; i++) {
                messages.clear();
                switch (i) {
                    case 0 -> LinkMessages.list(messages);
                    case 1 -> AddressMessages.listAddresses(messages, 0);
                    case 2 -> AddressMessages.listRoutes(messages, Family.IPV4, 0);
                    default -> AddressMessages.listRoutes(messages, Family.IPV6, 0);
                }
                try {
                    octets += socket.dump(messages).size();
                } catch (io.cnm4j.api.error.KernelException noTable) {
                    octets++; // no route of this family was ever made
                }
            }
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}

package io.cnm4j.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.core.CoreFixture;
import io.cnm4j.core.LeaseWatch;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import io.cnm4j.tck.WriteTap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every call to a plug-in, a store and the kernel in every verb: the process ends before it and after it, or it is not answered.
 * Afterwards nothing exists on one side only, or a check names it and a repair ends it.
 */
class OutsideFaultTest {
    private final FakeHost host = new FakeHost();
    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final Set<String> outside = OutsideDriver.nothing();
    private final Set<String> leased = OutsideDriver.nothing(); // by the other side
    private boolean outsideIpam;
    private int processes; // the seed of each: ids never come again
    private FateTap tap = new FateTap(); // of the process that runs

    private static KeyValueStore tapped(MemoryStore store, WriteTap tap) {
        return new StoreBetween(store.reopen()) {
            @Override
            public long commit(List<Write> writes) {
                String change = "commit " + writes.get(0).key();
                tap.before(change);
                long revision = super.commit(writes);
                tap.after(change);
                return revision;
            }
        };
    }

    private CoreFixture open() {
        tap = new FateTap();
        var executor = new FakeExecutor(host);
        executor.tap(tap);
        return new CoreFixture(
                CoreFixture.parts(
                        host,
                        executor,
                        new OutsideDriver(outside, tap),
                        outsideIpam ? new OutsideIpam(leased, tap) : new LeaseWatch(),
                        tapped(lasting, tap),
                        tapped(living, tap),
                        new Random(processes++)),
                System::nanoTime);
    }

    private enum Verb {
        CREATE_NETWORK {
            @Override
            void run(NetworkController controller) {
                controller.createNetwork(
                        NetworkRequest.builder().name("net").driver("outside").build());
            }
        },
        CREATE_SANDBOX {
            @Override
            void run(NetworkController controller) {
                controller.createSandbox(SandboxRequest.forContainer("one"));
            }
        },
        CREATE_ENDPOINT {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("net").createEndpoint(EndpointRequest.named("two"));
            }
        },
        JOIN {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("net").endpointByName("two").join(controller.sandboxByContainer("one"));
            }
        },
        LEAVE {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("net").endpointByName("two").leave();
            }
        },
        DELETE_ENDPOINT {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("net").endpointByName("two").delete();
            }
        },
        CONNECT {
            @Override
            void run(NetworkController controller) {
                controller
                        .networkByName("net")
                        .connect(controller.sandboxByContainer("one"), EndpointRequest.named("one"));
            }
        },
        DISCONNECT {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("net").endpointByName("one").disconnect();
            }
        },
        CONNECT_AGAIN {
            @Override
            void run(NetworkController controller) {
                CONNECT.run(controller);
            }
        },
        CREATE_LEADING {
            @Override
            void run(NetworkController controller) {
                createLeading(controller, "far");
            }
        },
        CONNECT_LEADING {
            @Override
            void run(NetworkController controller) {
                connect(controller, "far", 0);
            }
        },
        CREATE_RIVAL {
            @Override
            void run(NetworkController controller) {
                createLeading(controller, "rival");
            }
        },
        CONNECT_RIVAL {
            @Override
            void run(NetworkController controller) {
                connect(controller, "rival", 1);
            }
        },
        DISCONNECT_RIVAL {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("rival").endpointByName("one").disconnect();
            }
        },
        DELETE_SANDBOX {
            @Override
            void run(NetworkController controller) {
                controller.sandboxByContainer("one").delete();
            }
        },
        DELETE_NETWORK {
            @Override
            void run(NetworkController controller) {
                controller.networkByName("net").delete();
            }
        };

        abstract void run(NetworkController controller);

        private static void createLeading(NetworkController controller, String name) {
            controller.createNetwork(NetworkRequest.builder()
                    .name(name)
                    .driver("outside")
                    .putOptions(OutsideDriver.LEADS, "yes")
                    .build());
        }

        private static void connect(NetworkController controller, String network, int priority) {
            controller
                    .networkByName(network)
                    .connect(
                            controller.sandboxByContainer("one"),
                            EndpointRequest.builder()
                                    .name("one")
                                    .gatewayPriority(priority)
                                    .build());
        }
    }

    private static final List<Verb> COMINGS_AND_GOINGS = List.of(
            Verb.CREATE_NETWORK,
            Verb.CREATE_SANDBOX,
            Verb.CREATE_ENDPOINT,
            Verb.JOIN,
            Verb.LEAVE,
            Verb.DELETE_ENDPOINT,
            Verb.CONNECT,
            Verb.DISCONNECT,
            Verb.CONNECT_AGAIN,
            Verb.DELETE_SANDBOX,
            Verb.DELETE_NETWORK);

    private static final List<Verb> GATEWAYS = List.of(
            Verb.CREATE_SANDBOX,
            Verb.CREATE_NETWORK,
            Verb.CONNECT,
            Verb.CREATE_LEADING,
            Verb.CONNECT_LEADING,
            Verb.CREATE_RIVAL,
            Verb.CONNECT_RIVAL,
            Verb.DISCONNECT_RIVAL,
            Verb.DELETE_SANDBOX);

    @Test
    void nothingIsOnOneSideOnlyWhereverTheProcessEndsOrThePluginDoes() { // RN-03 to RN-11, pain 43
        everywhere(COMINGS_AND_GOINGS);
    }

    @Test
    void theWayOutsideIsTheSameOnBothSidesWhereverTheProcessEndsOrThePluginDoes() { // DR-08, RN-12, RN-13
        everywhere(GATEWAYS);
    }

    @Test
    void noPoolOrAddressIsLostWhereverTheProcessEndsOrThePluginDoes() { // RI-03 to RI-06
        outsideIpam = true;
        everywhere(COMINGS_AND_GOINGS);
    }

    private void everywhere(List<Verb> story) {
        int met = 0;
        for (FateTap.Fate fate : FateTap.Fate.values()) {
            for (Verb verb : story) {
                for (int call = 0; interrupted(story, verb, call, fate); call++) {
                    met++;
                }
            }
        }
        assertThat(met).as("interrupted runs").isGreaterThan(100);
    }

    /** Runs a story up to a verb, which is interrupted at a call; tells whether there was such a call. */
    private boolean interrupted(List<Verb> story, Verb verb, int call, FateTap.Fate fate) {
        String fresh = host.dump();
        CoreFixture core = open();
        for (Verb before : story.subList(0, story.indexOf(verb))) {
            before.run(core.controller());
        }
        tap.arm(call, fate);
        try {
            verb.run(core.controller());
        } catch (ProcessEnd | CnmException expected) {
            assertThat(expected).isNotNull();
        }
        boolean met = tap.disarm();
        if (tap.isDead()) {
            core = open();
        }
        String when = verb + " call " + call + " " + fate;
        List<Finding> findings = core.controller().check();
        core.controller().repair(findings);
        assertThat(core.controller().check()).as(when).isEmpty();
        assertThat(outside).as(when).isEqualTo(recorded(core));
        clear(core.controller());
        assertThat(outside).as(when).isEmpty();
        assertThat(core.ledger().effects().all()).as(when).isEmpty();
        core.controller().close();
        assertThat(host.differencesSince(fresh)).as(when).isEmpty();
        assertThat(leased)
                .as("%s: what nobody was told of may be kept, one thing", when)
                .hasSizeLessThan(2);
        leased.clear();
        return met;
    }

    private static Set<String> recorded(CoreFixture core) {
        var things = new TreeSet<String>();
        for (NetworkRecord network : core.ledger().networks()) {
            if (network.driver().equals("outside")) {
                things.add("network " + network.id());
                core.ledger().endpointsOn(network.id()).forEach(endpoint -> things.addAll(recorded(endpoint)));
            }
        }
        return things;
    }

    private static List<String> recorded(EndpointRecord endpoint) {
        var things = new ArrayList<String>();
        things.add("endpoint " + endpoint.id());
        endpoint.joined().ifPresent(joined -> things.add("joined " + endpoint.id()));
        endpoint.joined()
                .filter(joined -> !joined.gatewayFor().isEmpty())
                .ifPresent(joined -> things.add("serving " + endpoint.id()));
        return things;
    }

    private static void clear(NetworkController controller) {
        controller.sandboxes().forEach(sandbox -> sandbox.delete());
        controller.networks().forEach(network -> {
            network.endpoints().forEach(endpoint -> endpoint.delete());
            network.delete();
        });
    }
}

package io.cnm4j.linux;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.driver.macvlan.MacvlanOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * What a user can do, in an order in which it can be done: after all of them the host is as before. Whatever must survive failures and
 * deaths has its verb here.
 */
enum Verb implements Step {
    CREATE_NETWORK {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("web")
                            .ipv6(true)
                            .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                            .build());
        }
    },
    CREATE_SANDBOX {
        @Override
        public void run(Lab lab) {
            lab.controller().createSandbox(SandboxRequest.forContainer("one"));
        }
    },
    CONNECT {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("web")
                    .connect(
                            lab.controller().sandboxByContainer("one"),
                            EndpointRequest.builder()
                                    .name("one")
                                    .addPublish(PORTS)
                                    .build());
        }
    },
    UPDATE_NETWORK {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("web")
                    .update(NetworkUpdate.builder()
                            .labels(Map.of("tier", "front"))
                            .mtu(1400)
                            .addSubnets(SubnetRequest.of("10.21.0.0/24"), SubnetRequest.of("fd00:21::/64"))
                            .build());
        }
    },
    CREATE_DMZ {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("dmz")
                            .addSubnets(SubnetRequest.of("10.40.0.0/24"))
                            .build());
        }
    },
    TAKE_PORTS {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("dmz")
                    .connect(
                            lab.controller().sandboxByContainer("one"),
                            EndpointRequest.builder()
                                    .name("outer")
                                    .gatewayPriority(1)
                                    .addPublish(PORTS)
                                    .build());
        }
    },
    GIVE_PORTS_BACK {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("dmz").endpointByName("outer").disconnect();
        }
    },
    DELETE_DMZ {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("dmz").delete();
        }
    },
    CREATE_WIDE {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("wide")
                            .ipv6(true)
                            .putOptions(BridgeOptions.SHARDS, "2")
                            .addSubnets(SubnetRequest.of("10.50.0.0/24"), SubnetRequest.of("fd00:50::/64"))
                            .build());
        }
    },
    CONNECT_WIDE {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("wide")
                    .connect(lab.controller().sandboxByContainer("one"), EndpointRequest.named("broad"));
        }
    },
    UPDATE_WIDE {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("wide")
                    .update(NetworkUpdate.builder()
                            .mtu(1600)
                            .addSubnets(SubnetRequest.of("10.51.0.0/24"))
                            .build());
        }
    },
    DISCONNECT_WIDE {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("wide").endpointByName("broad").disconnect();
        }
    },
    DELETE_WIDE {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("wide").delete();
        }
    },
    CREATE_LAN {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("lan")
                            .driver("macvlan")
                            .options(MacvlanOptions.on(PARENT).toOptions())
                            .ipv6(true)
                            .addSubnets(SubnetRequest.of("10.30.0.0/24"), SubnetRequest.of("fd00:30::/64"))
                            .build());
        }
    },
    TAKE_OVER {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("lan")
                    .connect(
                            lab.controller().sandboxByContainer("one"),
                            EndpointRequest.builder()
                                    .name("first")
                                    .gatewayPriority(1)
                                    .build());
        }
    },
    GIVE_BACK {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("lan").endpointByName("first").disconnect();
        }
    },
    DELETE_LAN {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("lan").delete();
        }
    },
    CREATE_APART {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("apart")
                            .ipv6(true)
                            .addSubnets(SubnetRequest.of("10.50.0.0/24"), SubnetRequest.of("fd00:50::/64"))
                            .options(BridgeOptions.builder().icc(false).build().toOptions())
                            .build());
        }
    },
    CREATE_STORE {
        @Override
        public void run(Lab lab) {
            lab.controller().createSandbox(SandboxRequest.forContainer("store"));
        }
    },
    CONNECT_STORE {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("apart")
                    .connect(
                            lab.controller().sandboxByContainer("store"),
                            EndpointRequest.builder()
                                    .name("store")
                                    .addExpose(ContainerPorts.parse("6379"), ContainerPorts.parse("7000-7005"))
                                    .build());
        }
    },
    LINK_TO_STORE {
        @Override
        public void run(Lab lab) {
            lab.controller()
                    .networkByName("apart")
                    .connect(
                            lab.controller().sandboxByContainer("one"),
                            EndpointRequest.builder()
                                    .name("linking")
                                    .putLinks("db", "store")
                                    .build());
        }
    },
    UNLINK {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("apart").endpointByName("linking").disconnect();
        }
    },
    DELETE_STORE {
        @Override
        public void run(Lab lab) {
            lab.controller().sandboxByContainer("store").delete();
        }
    },
    DELETE_APART {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("apart").delete();
        }
    },
    DISCONNECT {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("web").endpointByName("one").disconnect();
        }
    },
    CONNECT_AGAIN {
        @Override
        public void run(Lab lab) {
            CONNECT.run(lab);
        }
    },
    DELETE_SANDBOX {
        @Override
        public void run(Lab lab) {
            lab.controller().sandboxByContainer("one").delete();
        }
    },
    DELETE_NETWORK {
        @Override
        public void run(Lab lab) {
            lab.controller().networkByName("web").delete();
        }
    };

    private static final String PARENT = "up0";
    private static final PublishedPort[] PORTS = {
        PublishedPort.parse("8001:80"), PublishedPort.parse("8010-8012:8010-8012/udp"), PublishedPort.parse("53/udp")
    };

    /** Those after which all is as before the first of them. */
    private static final List<EnumSet<Verb>> ROUND_TRIPS = List.of(
            EnumSet.range(CREATE_DMZ, DELETE_DMZ),
            EnumSet.range(CREATE_LAN, DELETE_LAN),
            EnumSet.range(CREATE_APART, DELETE_APART));

    /** Makes the link of the host that a network stands on. */
    static void makeParent() {
        TestNetns.inHere("ip", "link", "add", PARENT, "up", "type", "veth", "peer", "name", "up1");
        TestNetns.inHere("ip", "link", "set", "up1", "up");
    }

    /** Removes it. */
    static void removeParent() {
        TestNetns.inHere("ip", "link", "del", PARENT);
    }

    /** Does all that comes before this one, but for what leaves nothing. */
    @Override
    public void prepare(Lab lab) {
        for (Verb earlier : EnumSet.range(CREATE_NETWORK, this)) {
            boolean over = ROUND_TRIPS.stream().anyMatch(trip -> trip.contains(earlier) && !trip.contains(this));
            if (earlier != this && !over) {
                earlier.run(lab);
            }
        }
    }

    @Override
    public boolean makes() {
        return EnumSet.of(
                        CREATE_NETWORK,
                        CREATE_SANDBOX,
                        CONNECT,
                        UPDATE_NETWORK,
                        CREATE_DMZ,
                        TAKE_PORTS,
                        CREATE_WIDE,
                        CONNECT_WIDE,
                        UPDATE_WIDE,
                        CREATE_LAN,
                        TAKE_OVER,
                        CREATE_APART,
                        CREATE_STORE,
                        CONNECT_STORE,
                        LINK_TO_STORE,
                        CONNECT_AGAIN)
                .contains(this);
    }
}

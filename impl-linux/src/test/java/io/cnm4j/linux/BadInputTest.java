package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be is refused by type, with the values and what to do, and nothing is changed. */
class BadInputTest {
    private static final String MTU = "com.docker.network.driver.mtu";
    private static final String BRIDGE_NAME = "com.docker.network.bridge.name";

    @TempDir
    Path directory;

    private Lab lab;
    private Network web;
    private Sandbox one;

    @BeforeEach
    void open() {
        lab = new Lab(directory);
        lab.warm();
        web = lab.controller()
                .createNetwork(named("web")
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                        .build());
        one = lab.connected(web, "one");
        lab.sandbox("two");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private void refused(ThrowingCallable call, Class<? extends CnmException> type, String... words) {
        String records = records();
        HostSnapshot before = lab.snapshot();
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isExactlyInstanceOf(type).hasMessageContainingAll(words);
        assertThat(thrown.getMessage()).as("says what to do").containsAnyOf(";", "?", "must");
        assertThat(lab.differences(before))
                .as("changed by what was refused with: %s", thrown.getMessage())
                .isEmpty();
        assertThat(records()).isEqualTo(records);
    }

    private String records() {
        return lab.controller().networks().stream().map(Network::inspect).toList()
                + " "
                + lab.controller().sandboxes().stream().map(Sandbox::inspect).toList();
    }

    private void network(NetworkRequest.Builder request) {
        lab.controller().createNetwork(request.build());
    }

    private static NetworkRequest.Builder named(String name) {
        return NetworkRequest.builder().name(name);
    }

    private static NetworkRequest.Builder with(SubnetRequest subnet) {
        return named("other").addSubnets(subnet);
    }

    @KernelTest
    void names() {
        refused(() -> network(named(" ")), InvalidRequestException.class, "name", "blank");
        refused(() -> network(named("web")), ConflictException.class, "'web'", "choose another name");
        refused(() -> web.connect(one, EndpointRequest.named("")), InvalidRequestException.class, "name", "blank");
        refused(() -> web.createEndpoint(EndpointRequest.named("one")), ConflictException.class, "'one'");
        refused(
                () -> lab.controller().createSandbox(SandboxRequest.forContainer("one")),
                ConflictException.class,
                "'one'");
        refused(
                () -> web.connect(
                        one,
                        EndpointRequest.builder()
                                .name("wide")
                                .interfaceName("sixteen-letters0")
                                .build()),
                InvalidRequestException.class,
                "sixteen-letters0",
                "15");
    }

    @KernelTest
    void subnets() {
        refused(
                () -> network(with(SubnetRequest.of("10.20.0.128/25"))),
                ConflictException.class,
                "10.20.0.0/24",
                "web");
        refused(() -> network(with(SubnetRequest.of("10.30.0.1/24"))), InvalidRequestException.class, "10.30.0.0/24");
        refused(
                () -> network(with(SubnetRequest.builder()
                        .pool(io.cnm4j.api.model.IpPrefix.parse("10.30.0.0/24"))
                        .gateway(IpAddress.parse("10.31.0.1"))
                        .build())),
                InvalidRequestException.class,
                "10.31.0.1",
                "10.30.0.0/24");
    }

    @KernelTest
    void addresses() {
        refused(() -> connect("10.21.0.9"), InvalidRequestException.class, "10.21.0.9", "10.20.0.0/24");
        refused(() -> connect("10.20.0.1"), ConflictException.class, "10.20.0.1");
        refused(() -> connect("10.20.0.2"), ConflictException.class, "10.20.0.2");
        refused(() -> connect("10.20.0.255"), ConflictException.class, "10.20.0.255");
    }

    private void connect(String address) {
        web.connect(
                lab.controller().sandboxByContainer("two"),
                EndpointRequest.builder()
                        .name("wish")
                        .ipv4(IpAddress.parse(address))
                        .build());
    }

    @KernelTest
    void options() {
        refused(
                () -> network(named("other").driver("brigde")),
                NotFoundException.class,
                "'brigde'",
                "the class path has [bridge, host, ipvlan, macvlan, none, overlay]",
                "use one of these");
        refused(() -> network(named("other").ipam("nobody")), NotFoundException.class, "'nobody'");
        refused(() -> network(named("other").putOptions(MTU, "67")), InvalidRequestException.class, MTU, "67", "68");
        refused(() -> network(named("other").putOptions(MTU, "x")), InvalidRequestException.class, MTU, "x");
        refused(
                () -> network(named("other").putOptions(BRIDGE_NAME, "sixteen-letters0")),
                InvalidRequestException.class,
                "sixteen-letters0",
                "15");
        refused(() -> network(named("other").putOptions(BRIDGE_NAME, "lo")), ConflictException.class, "'lo'");
    }

    @KernelTest
    void uses() {
        refused(() -> web.delete(), InUseException.class, "web", "one", "disconnect");
        refused(
                () -> lab.controller()
                        .createSandbox(SandboxRequest.builder()
                                .containerId("three")
                                .namespace(Path.of("/nowhere/netns"))
                                .build()),
                NotFoundException.class,
                "/nowhere/netns");
        Network gone = lab.network("gone");
        gone.delete();
        refused(gone::inspect, NotFoundException.class, gone.id().toString());
        refused(
                () -> gone.connect(one, EndpointRequest.named("late")),
                NotFoundException.class,
                gone.id().toString());
        lab.controller().sandboxByContainer("two").delete();
        lab.sandbox("two");
    }

    @KernelTest
    void aClosedControllerSaysSo() {
        lab.controller().close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> lab.controller().networks(),
                () -> lab.network("late"),
                () -> web.connect(one, EndpointRequest.named("one")),
                () -> one.delete())) {
            assertThat(catchThrowable(call))
                    .isExactlyInstanceOf(ClosedException.class)
                    .hasMessageContaining("NetworkController.open");
        }
        lab.reopen();
    }
}

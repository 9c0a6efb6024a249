package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import io.cnm4j.tck.WriteTap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Namespaces that are handed over later. XK-04 to XK-06, JN-04 */
class KeyFlowTest {
    private static final Path FIRST = Path.of("/proc/1001/ns/net");
    private static final Path SECOND = Path.of("/proc/1002/ns/net");

    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final FakeHost host = new FakeHost();
    private FakeExecutor executor = new FakeExecutor(host);
    private CoreController cnm = open();

    private CoreController open() {
        executor = new FakeExecutor(host);
        return new CoreFixture(
                        CoreFixture.parts(
                                host,
                                executor,
                                new BridgeDriver(),
                                new LeaseWatch(),
                                lasting.reopen(),
                                living.reopen(),
                                new Random(1)),
                        System::nanoTime)
                .controller;
    }

    private void container(Path namespace) {
        var made = new KernelOp.MakeNamespace(NamespaceRef.at(namespace.toString()), Map.of());
        new FakeExecutor(host).apply(Plan.of(made), Deadline.after(Duration.ofSeconds(5)));
    }

    private Sandbox awaiting(String container) {
        return cnm.createSandbox(SandboxRequest.builder()
                .containerId(container)
                .namespaceLater(true)
                .build());
    }

    private static EndpointRequest web() {
        return EndpointRequest.builder()
                .name("web")
                .addPublish(PublishedPort.parse("8001:80"))
                .build();
    }

    @Test
    void whatIsConnectedBeforeComesWithTheNamespace() {
        Network a = cnm.createNetwork(NetworkRequest.named("a"));
        Network b = cnm.createNetwork(NetworkRequest.named("b"));
        String before = host.dump();
        Sandbox box = awaiting("c");
        assertThat(box.inspect().namespaceAwaited()).isTrue();
        assertThat(box.statistics()).isEmpty();
        assertThatThrownBy(() -> box.call(() -> 1)).isInstanceOf(InvalidRequestException.class);
        Endpoint first = a.connect(box, web());
        Endpoint second = b.connect(box, EndpointRequest.named("web"));
        assertThat(second.inspect().interfaceName()).contains("eth1");
        Endpoint third = b.createEndpoint(EndpointRequest.named("third"));
        third.join(box);
        third.leave();
        third.delete();
        assertThat(cnm.check()).isEmpty();

        container(FIRST);
        box.useNamespace(FIRST);
        assertThat(box.inspect().namespaceAwaited()).isFalse();
        assertThat(box.statistics()).containsKeys("eth0", "eth1");
        assertThat(first.inspect().ports()).hasSize(2);
        assertThat(cnm.check()).isEmpty();
        cnm.close();
        cnm = open();
        assertThat(cnm.check()).isEmpty();
        assertThat(cnm.sandboxByContainer("c").statistics()).containsKeys("eth0", "eth1");
        cnm.destroySandbox("c");
        assertThat(host.exists(NamespaceRef.at(FIRST.toString())))
                .as("it is the container's")
                .isTrue();
        new FakeExecutor(host)
                .remove(
                        Plan.of(new KernelOp.MakeNamespace(NamespaceRef.at(FIRST.toString()), Map.of())),
                        Deadline.after(Duration.ofSeconds(5)));
        assertThat(host.differencesSince(before)).isEmpty();
    }

    @Test
    void aStepThatFailsLeavesTheSandboxAwaiting() { // XK-06
        Network a = cnm.createNetwork(NetworkRequest.named("a"));
        Network b = cnm.createNetwork(NetworkRequest.named("b"));
        Sandbox box = awaiting("c");
        a.connect(box, web());
        b.connect(box, EndpointRequest.named("web"));
        container(FIRST);
        String before = host.dump();
        int steps = 0;
        for (boolean failed = true; failed; steps++) {
            var tap = new FailingOnce(steps);
            executor.tap(tap);
            failed = false;
            try {
                box.useNamespace(FIRST);
            } catch (KernelException expected) {
                failed = true;
                executor.tap(WriteTap.NONE);
                assertThat(host.differencesSince(before))
                        .as("after step " + steps)
                        .isEmpty();
                assertThat(box.inspect().namespaceAwaited()).isTrue();
                assertThat(cnm.check()).isEmpty();
            }
        }
        assertThat(steps).isGreaterThan(8);
        assertThat(box.statistics()).containsKeys("eth0", "eth1");
        assertThat(cnm.check()).isEmpty();
    }

    /** Lets one change fail. */
    private static final class FailingOnce implements WriteTap {
        private int left;

        FailingOnce(int step) {
            left = step;
        }

        @Override
        public void before(String change) {
            if (left-- == 0) {
                throw new KernelException(change, 1, "EPERM", "", "the test wants it");
            }
        }
    }

    @Test
    void aContainerThatIsStartedAgainGetsItsInterfacesAgain() { // XK-05
        Sandbox box = awaiting("c");
        cnm.createNetwork(NetworkRequest.named("a")).connect(box, web());
        container(FIRST);
        box.useNamespace(FIRST);
        container(SECOND);
        box.useNamespace(SECOND);
        assertThat(host.statistics(NamespaceRef.at(SECOND.toString()))).containsKey("eth0");
        assertThat(host.statistics(NamespaceRef.at(FIRST.toString()))).doesNotContainKey("eth0");
        assertThat(cnm.check()).isEmpty();
        box.delete();
    }

    @Test
    void anOpenKeepsWhatIsAwaited() {
        awaiting("c");
        cnm.createNetwork(NetworkRequest.named("a")).connect(cnm.sandboxByContainer("c"), web());
        cnm.close();
        cnm = open();
        container(FIRST);
        Sandbox box = cnm.sandboxByContainer("c");
        box.useNamespace(FIRST);
        assertThat(box.statistics()).containsKey("eth0");
        box.delete();
        assertThat(host.exists(NamespaceRef.at(FIRST.toString()))).isTrue();
    }

    @Test
    void wrongKeysAreRefused() { // XK-04
        Sandbox box = awaiting("c");
        assertThatThrownBy(() -> box.useNamespace(FIRST)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> box.useNamespace(Path.of(""))).isInstanceOf(InvalidRequestException.class);
        Sandbox own = cnm.createSandbox(SandboxRequest.forContainer("own"));
        container(FIRST);
        assertThatThrownBy(() -> own.useNamespace(FIRST)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> cnm.createSandbox(SandboxRequest.builder()
                        .containerId("both")
                        .namespace(FIRST)
                        .namespaceLater(true)
                        .build()))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> cnm.runtimeHook()).isInstanceOf(InvalidRequestException.class);
        box.delete();
        assertThatThrownBy(() -> box.useNamespace(FIRST)).isInstanceOf(NotFoundException.class);
    }
}

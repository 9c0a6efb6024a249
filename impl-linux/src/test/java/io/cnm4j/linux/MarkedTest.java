package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.Family;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.WriteTap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Forwarding is marked by its guard: what an ended process turned on is found, and turned off before the guard goes. */
class MarkedTest {
    private static final ControllerId CONTROLLER = new ControllerId("ab".repeat(32));
    private static final Plan PLAN = Plan.of(
            new FirewallOp.AddTable(HostFirewall.table(CONTROLLER)),
            new FirewallOp.AddElements(Mark.table(CONTROLLER), List.of(HostFirewall.unrelated(Family.IPV4)), true),
            HostFirewall.forwarding(Family.IPV4));

    @TempDir
    Path directory;

    private KernelSubject subject;

    @BeforeEach
    void open() {
        subject = new KernelSubject(directory);
    }

    @AfterEach
    void close() {
        subject.close();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10));
    }

    private List<KernelOp> marked() {
        return subject.executor().marked(CONTROLLER, new RunDirectory(directory.toString()), List.of(), soon());
    }

    @KernelTest
    void forwardingIsListedAndCanBeRemoved() {
        Supplier<List<String>> sinceFound = subject.remember();
        assertThat(marked()).isEmpty();
        subject.executor().apply(PLAN, soon());
        assertThat(marked()).hasSize(3).endsWith(HostFirewall.forwarding(Family.IPV4));
        subject.executor().remove(new Plan(marked()), soon());
        assertThat(sinceFound.get()).isEmpty();
    }

    @KernelTest
    void theGuardStaysWhileForwardingIsOn() {
        subject.executor().apply(PLAN, soon());
        subject.tap(new WriteTap() {
            @Override
            public void before(String change) {
                if (change.contains("ip_forward")) {
                    throw new KernelException(change, 5, "EIO", "", "the test wants it");
                }
            }
        });
        assertThatThrownBy(() -> subject.executor().remove(PLAN, soon())).isInstanceOf(KernelException.class);
        assertThat(subject.host().sysctl("net.ipv4.ip_forward")).isEqualTo(Optional.of("1"));
        assertThat(subject.executor().check(PLAN, soon())).isEmpty();
        subject.tap(WriteTap.NONE);
        subject.executor().remove(PLAN, soon());
        assertThat(subject.host().sysctl("net.ipv4.ip_forward")).isEqualTo(Optional.of("0"));
        assertThat(marked()).isEmpty();
    }
}

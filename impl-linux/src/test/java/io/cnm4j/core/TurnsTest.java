package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Deadline LONG = Deadline.after(Duration.ofMinutes(1));
    private final Turns turns = new Turns();

    @Test
    void anExclusiveTurnKeepsOthersOutUntilItIsClosed() {
        Turns.Turn first = turns.exclusive("network a", LONG);
        assertThatThrownBy(() -> turns.shared("network a", Deadline.after(Duration.ZERO)))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("network a");
        first.close();
        first.close();
        turns.exclusive("network a", LONG).close();
    }

    @Test
    void sharedTurnsGoTogether() {
        try (Turns.Turn one = turns.shared("network a", LONG);
                Turns.Turn two = turns.shared("network a", LONG)) {
            assertThat(one).isNotSameAs(two);
            assertThatThrownBy(() -> turns.exclusive("network a", Deadline.after(Duration.ZERO)))
                    .isInstanceOf(DeadlineException.class);
        }
    }

    @Test
    void anObjectHasOneClaimantUnlessItIsShared() {
        var claims = new Claims();
        var a = new Owner("network 1", "network 1", "network 'a'");
        var b = new Owner("network 2", "network 2", "network 'b'");
        Plan link = Plan.of(new LinkOp.UseLink(NamespaceRef.HOST, "br0", "bridge", false));
        Plan forwarding =
                Plan.of(new KernelOp.SetSysctl(NamespaceRef.HOST, "net.ipv4.ip_forward", "1", Optional.of("0")));
        claims.take(a, link.then(forwarding));
        assertThatThrownBy(() -> claims.take(b, link))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("network 'a'");
        claims.take(b, forwarding);
        assertThat(claims.alone(a, forwarding).isEmpty()).isTrue();
        claims.release(b);
        assertThat(claims.alone(a, forwarding)).isEqualTo(forwarding);
    }
}

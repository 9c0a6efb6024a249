package io.cnm4j.core.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.spi.store.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeysTest {
    private final Random random = new Random(1);

    private static Sealer host(int number, String life) {
        return new Sealer(2, "h" + number, number, IpAddress.parse("10.0.0." + number), life, 1, 1);
    }

    private static HostKeys.Key sent(KeyRing ring, Sealer from, Sealer to) {
        return HostKeys.of(ring, from, List.of(to)).sending().get(0);
    }

    private static List<HostKeys.Key> received(KeyRing ring, Sealer from, Sealer to) {
        return HostKeys.of(ring, to, List.of(from)).receiving();
    }

    @Test
    void whatOneSendsWithTheOtherReceivesWith() {
        KeyRing ring = KeyRing.first(random, 0);
        Sealer a = host(1, "aa");
        Sealer b = host(2, "bb");
        HostKeys.Key sent = sent(ring, a, b);
        assertThat(sent.material().length()).isEqualTo(36);
        assertThat(sent.peer()).isEqualTo(b.address());
        HostKeys.Key received = received(ring, a, b).get(0);
        assertThat(received.material()).isEqualTo(sent.material());
        assertThat(received.spi()).isEqualTo(sent.spi());
        assertThat(received.peer()).isEqualTo(a.address());
    }

    @Test
    void eachDirectionPairLifeAndRingHasAKeyOfItsOwn() {
        KeyRing ring = KeyRing.first(random, 0);
        var all = new ArrayList<Secret>();
        for (String life : List.of("aa", "ab")) {
            all.add(sent(ring, host(1, life), host(2, "bb")).material());
            all.add(sent(ring, host(2, "bb"), host(1, life)).material());
        }
        all.add(sent(ring, host(1, "aa"), host(3, "bb")).material());
        all.add(sent(KeyRing.first(random, 0), host(1, "aa"), host(2, "bb")).material());
        assertThat(all).doesNotHaveDuplicates();
        for (int i = 0; i < 1000; i++) { // RFC 4303: 0 to 255 are reserved
            int spi =
                    sent(KeyRing.first(random, 0), host(1, "aa"), host(2, "bb")).spi();
            assertThat(spi & ~0xff).isNotZero();
        }
    }

    @Test // OV-20
    void atEachStepWhatIsSentWithIsReceivedBeforeAndAfter() {
        Sealer a = host(1, "aa");
        Sealer b = host(2, "bb");
        KeyRing first = KeyRing.first(random, 0);
        KeyRing grown = first.grown(random);
        KeyRing turned = grown.turned(7);
        KeyRing pruned = turned.pruned();
        List<KeyRing> steps = List.of(first, grown, turned, pruned);
        for (int i = 0; i + 1 < steps.size(); i++) {
            for (KeyRing sender : List.of(steps.get(i), steps.get(i + 1))) {
                for (KeyRing receiver : List.of(steps.get(i), steps.get(i + 1))) {
                    assertThat(received(receiver, a, b))
                            .as("%s to %s", sender, receiver)
                            .extracting(HostKeys.Key::material)
                            .contains(sent(sender, a, b).material());
                }
            }
        }
        assertThat(pruned.keys()).hasSize(1);
        assertThat(pruned.primary()).isEqualTo(2);
        assertThat(pruned.since()).isEqualTo(7);
    }

    @Test
    void aRecordHasTheKeyAndNoTextHas() {
        KeyRing ring = KeyRing.first(random, 5).grown(random);
        byte[] record = RecordCodec.encode(ring);
        assertThat(RecordCodec.decode(new Entry("ring", record, 1), KeyRing.class))
                .isEqualTo(ring);
        for (KeyRing.Key key : ring.keys()) {
            assertThat(new String(record, UTF_8)).contains(key.secret().reveal());
            assertThat(ring + " " + key + " " + HostKeys.of(ring, host(1, "aa"), List.of(host(2, "bb"))))
                    .doesNotContain(key.secret().reveal());
        }
        assertThat("" + ring).isEqualTo("KeyRing[keys=[1, 2], primary=1]");
        HostKeys.Key derived = sent(ring, host(1, "aa"), host(2, "bb"));
        assertThat("" + derived)
                .contains("Secret[36 octets]")
                .doesNotContain(derived.material().reveal());
    }

    @Test
    void whatIsNoRingIsRefused() {
        Secret good = Secret.random(random, 32);
        for (String bad : List.of(
                "{}",
                "{\"version\":2,\"keys\":[{\"number\":1,\"secret\":\"" + good.reveal()
                        + "\"}],\"primary\":1,\"since\":0}",
                "{\"version\":1,\"keys\":[{\"number\":1,\"secret\":\"" + good.reveal()
                        + "\"}],\"primary\":2,\"since\":0}",
                "{\"version\":1,\"keys\":[{\"number\":1,\"secret\":\"c2hvcnQ=\"}],\"primary\":1,\"since\":0}",
                "{\"version\":1,\"keys\":[{\"number\":1,\"secret\":\"%%%\"}],\"primary\":1,\"since\":0}",
                "junk")) {
            assertThatThrownBy(() -> RecordCodec.decode(new Entry("ring", bad.getBytes(UTF_8), 1), KeyRing.class))
                    .as(bad)
                    .isInstanceOf(StoreException.class)
                    .hasMessageNotContaining(good.reveal());
        }
    }
}

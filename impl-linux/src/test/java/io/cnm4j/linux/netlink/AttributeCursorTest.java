package io.cnm4j.linux.netlink;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class AttributeCursorTest {
    @RepeatedTest(2000)
    void junkIsReadToItsEndOrRefused(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        byte[] junk = new byte[random.nextInt(64)];
        random.nextBytes(junk);
        for (int i = 0; i + 1 < junk.length; i += 8) {
            junk[i] = (byte) random.nextInt(24); // plausible lengths go further than random ones
            junk[i + 1] = 0;
        }
        var at = new AttributeCursor(ByteBuffer.wrap(junk));
        while (at.next()) {
            at.text();
            at.u8();
            at.u32();
            at.u64(0);
            var inner = at.nested();
            while (inner.next()) {
                inner.text();
            }
        }
        try {
            at.finish();
        } catch (ProtocolException refused) {
            org.assertj.core.api.Assertions.assertThat(refused).hasMessageContaining("octets");
        }
    }

    @Test
    void anAttributeThatClaimsMoreThanThereIsIsRefused() {
        var at = new AttributeCursor(ByteBuffer.wrap(new byte[] {9, 0, 1, 0, 5, 5}));
        org.assertj.core.api.Assertions.assertThat(at.next()).isFalse();
        assertThatThrownBy(at::finish).isInstanceOf(ProtocolException.class).hasMessageContaining("claims");
    }
}

package io.cnm4j.linux.vxlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class EncryptedTest {
    private static final int OCTETS = 4 << 20;

    @TempDir
    Path directory;

    @BeforeEach
    void needsTap() {
        Pair.assumeTap();
    }

    private static EspKeys keys(Pair pair, int send, int receive) {
        IpAddress peer = IpAddress.parse(pair.underlay(send < receive ? 1 : 0));
        return EspKeys.NONE.sendTo(peer, Pair.key(send)).receiveFrom(peer, Pair.key(receive));
    }

    @KernelTest
    void everythingPassesAndKeysChangeMeanwhile() throws Exception {
        try (var pair = new Pair(directory, true)) {
            IpAddress[] at = {IpAddress.parse(pair.underlay(0)), IpAddress.parse(pair.underlay(1))};
            EspKeys zero = keys(pair, 0x1000, 0x1001);
            EspKeys one = keys(pair, 0x1001, 0x1000);
            VxlanEndpoint first = pair.encrypted(0, zero);
            VxlanEndpoint second = pair.encrypted(1, one);
            pair.assertEchoes(0, true, 56);
            pair.assertEchoes(1, false, 8000);
            assertThat(pair.carries(0, true, OCTETS)).isTrue();
            assertThat(pair.carries(1, false, OCTETS)).isTrue();
            first.use(zero.receiveFrom(at[1], Pair.key(0x2001)));
            second.use(one.receiveFrom(at[0], Pair.key(0x2000)).sendTo(at[0], Pair.key(0x2001)));
            assertThat(pair.carries(1, true, OCTETS)).isTrue();
            first.use(zero.receiveFrom(at[1], Pair.key(0x2001))
                    .sendTo(at[1], Pair.key(0x2000))
                    .without(0x1001));
            assertThat(pair.carries(0, true, OCTETS)).isTrue();
            assertThat(first.statistics().dropped(Drop.NOT_AUTHENTIC)).isZero();
            assertThat(first.statistics().dropped(Drop.UNKNOWN_KEY)).isZero();
            second.use(one);
            pair.echo(1, true, 56);
            assertThat(first.statistics().dropped(Drop.UNKNOWN_KEY))
                    .as("under the key that was dropped")
                    .isPositive();
            first.use(EspKeys.NONE);
            pair.echo(0, true, 56);
            assertThat(first.statistics().dropped(Drop.NO_KEY))
                    .as("without a key")
                    .isPositive();
        }
    }

    /** tshark decrypts by code of its own. */
    @KernelTest
    void theWireShowsNothingToThoseWithoutAKey() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.encrypted(0, keys(pair, 0x1000, 0x1001));
            pair.encrypted(1, keys(pair, 0x1001, 0x1000));
            pair.assertEchoes(0, true, 56);
            Path file = directory.resolve("wire.pcapng");
            Process tshark = pair.capture(1, file);
            try {
                pair.ping(0, "-c", "5", "-i", "0.1", "-p", "feedfacecafebeef", Pair.inner(true, 1));
            } finally {
                tshark.destroy();
                tshark.waitFor();
            }
            String blind = Tshark.read(file, "-Y", "esp", "-T", "fields", "-e", "esp.spi");
            assertThat(blind.lines().distinct()).contains("0x00001000", "0x00001001");
            assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).doesNotContain("feedfacecafebeef");
            String seen = Tshark.read(
                    file,
                    "-o",
                    "esp.enable_encryption_decode:TRUE",
                    "-o",
                    association(pair, 0x1000),
                    "-Y",
                    "vxlan.vni == 42 && icmp.type == 8",
                    "-T",
                    "fields",
                    "-e",
                    "data.data");
            assertThat(seen.lines()
                            .filter(line -> line.contains("feedfacecafebeef"))
                            .count())
                    .isPositive();
        }
    }

    private static String association(Pair pair, int spi) {
        return "uat:esp_sa:\"IPv4\",\"" + pair.underlay(0) + "\",\"" + pair.underlay(1) + "\",\"0x"
                + Integer.toHexString(spi) + "\",\"AES-GCM with 16 octet ICV [RFC4106]\",\"0x"
                + HexFormat.of().formatHex(Pair.material(spi)) + "\",\"NULL\",\"\",\"32-bit\"";
    }

    @KernelTest
    void anEncryptedEndpointHasOneQueue() throws Exception {
        try (var pair = new Pair(directory, true)) {
            VxlanOptions two =
                    VxlanOptions.at(IpAddress.parse(pair.underlay(0))).withQueues(2, List.of());
            assertThatThrownBy(() -> VxlanEndpoint.openEncrypted(pair.workers, two))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("one queue");
        }
    }

    @KernelTest
    void aSegmentIsCapturedWhileItWorks() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.kernel(1);
            VxlanSegment segment = pair.segmentOf(pair.ours(0));
            pair.assertEchoes(0, true, 56);
            Path file = directory.resolve("segment.pcapng");
            FrameCapture capture = segment.capture(Files.newOutputStream(file));
            assertThatThrownBy(() -> segment.capture(OutputStream.nullOutputStream()))
                    .hasMessageContaining("close that one first");
            pair.ping(0, "-c", "3", "-i", "0.1", Pair.inner(true, 1));
            assertThat(pair.carries(0, true, OCTETS)).isTrue();
            capture.close();
            capture.close();
            long frames = capture.frames();
            pair.ping(0, "-c", "1", Pair.inner(true, 1));
            assertThat(capture.frames()).isEqualTo(frames);
            assertThat(capture.lost()).isZero();
            String echoes = Tshark.read(file, "-Y", "icmp", "-T", "fields", "-e", "icmp.type");
            assertThat(echoes.lines()).containsExactly("8", "0", "8", "0", "8", "0");
            String all = Tshark.read(file, "-T", "fields", "-e", "frame.number");
            assertThat(all.lines().count()).isEqualTo(frames);
            String bad = Tshark.read(file, "-Y", "_ws.malformed");
            assertThat(bad).isEmpty();
            segment.capture(new ByteArrayOutputStream()).close();
        }
    }

    @KernelTest
    void aStreamThatFailsEndsTheCaptureAndNothingElse() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.kernel(1);
            VxlanSegment segment = pair.segmentOf(pair.ours(0));
            var full = new OutputStream() {
                private int room = 500;

                @Override
                public void write(int octet) throws java.io.IOException {
                    if (room-- == 0) {
                        throw new java.io.IOException("no space left");
                    }
                }
            };
            FrameCapture capture = segment.capture(full);
            assertThat(pair.carries(0, true, OCTETS)).isTrue();
            await().untilAsserted(() -> assertThat(capture.frames()).isPositive());
            assertThatThrownBy(capture::close).hasMessage("no space left");
            pair.assertEchoes(0, true, 56);
        }
    }
}

package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import io.cnm4j.linux.vxlan.esp.EspKey;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.linux.vxlan.esp.EspReceiver;
import io.cnm4j.linux.vxlan.esp.EspSender;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What sealing a frame and opening it costs; the floor is AES-256-GCM of the same octets by the JDK's cipher. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EspBenchmark {
    private static final int SPACE = 10_000;

    /** Octets of the frame. */
    @Param({"64", "512", "1450", "9000"})
    public int size;

    private static final long PEER = 0xc000_0201L; // 192.0.2.1
    private static final EspKey KEY = new EspKey(0x1000, new byte[EspKey.LENGTH]);

    private final EspSender sender = new EspSender(KEY, 1);
    private final EspReceiver receiver = new EspReceiver();
    private final ByteBuffer frame = ByteBuffer.allocateDirect(SPACE);
    private final ByteBuffer packet = ByteBuffer.allocateDirect(SPACE);
    private final byte[] plain = new byte[SPACE];
    private final byte[] sealed = new byte[SPACE];
    private final byte[] nonce = new byte[12];
    private final byte[] header = new byte[8];
    private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
    private final Cipher cipher;
    private final Cipher decipher;
    private long counter;

    /** Finds the JDK's cipher. */
    public EspBenchmark() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
            decipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        receiver.use(EspKeys.NONE.receiveFrom(IpAddress.parse("192.0.2.1"), KEY));
    }

    /** The floor: the cipher as RFC 4106 wants it, with SPI and sequence number authenticated. */
    @Benchmark
    public int cipher() throws GeneralSecurityException {
        ByteBuffer.wrap(nonce).putLong(4, counter++);
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(header, 0, header.length);
        return cipher.doFinal(plain, 0, size, sealed, 0);
    }

    /** The floor of both ways. */
    @Benchmark
    public int cipherThereAndBack() throws GeneralSecurityException {
        int length = cipher();
        decipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
        decipher.updateAAD(header, 0, header.length);
        return decipher.doFinal(sealed, 0, length, plain, 0);
    }

    /** A frame into a packet. */
    @Benchmark
    public long seal() {
        sender.begin(50_000, VxlanHeader.PORT, size + VxlanHeader.LENGTH, 0);
        sender.add(frame, 0, size + VxlanHeader.LENGTH);
        return sender.seal(packet, 0);
    }

    /** A frame into a packet, and out of it at the other end. */
    @Benchmark
    public long sealAndOpen() {
        return receiver.open(packet, 0, (int) seal(), 0, PEER);
    }
}

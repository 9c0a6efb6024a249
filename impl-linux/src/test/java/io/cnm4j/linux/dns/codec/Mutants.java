package io.cnm4j.linux.dns.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Messages to fuzz with: those of the corpus, and what becomes of them by chance. */
public final class Mutants {
    /** How long each fuzzer goes on. */
    public static final long SECONDS = Long.getLong("cnm4j.fuzz.seconds", 2);

    private final List<byte[]> corpus = read();

    private static List<byte[]> read() {
        try (InputStream in = Objects.requireNonNull(Mutants.class.getResourceAsStream("corpus.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(HexFormat.of()::parseHex)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the corpus; not to be changed. */
    public List<byte[]> corpus() {
        return corpus;
    }

    /** Returns a message. */
    public byte[] next(Random random) {
        byte[] message = corpus.get(random.nextInt(corpus.size())).clone();
        if (random.nextInt(8) == 0) {
            message = new byte[random.nextInt(600)];
            random.nextBytes(message);
        }
        int changes = random.nextInt(6);
        for (int i = 0; i < changes && message.length > 0; i++) {
            switch (random.nextInt(4)) {
                case 0 -> message[random.nextInt(message.length)] = (byte) random.nextInt();
                case 1 -> message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> message = Arrays.copyOf(message, random.nextInt(message.length + 20));
                default -> message[random.nextInt(message.length)] = (byte) 0xc0; // a pointer
            }
        }
        return message;
    }
}

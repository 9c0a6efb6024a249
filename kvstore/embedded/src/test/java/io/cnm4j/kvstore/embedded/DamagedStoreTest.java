package io.cnm4j.kvstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedStoreTest {
    private static final int USED = 1 << 20;

    @TempDir
    static Path sound;

    @TempDir
    Path directory;

    private Path file;

    @BeforeAll
    static void fill() {
        try (KeyValueStore store = new EmbeddedStoreProvider().open(sound, Durability.POWER_LOSS)) {
            for (int i = 0; i < 300; i++) {
                store.commit(List.of(new Write.Put("key/" + i, new byte[i * 7 % 3000], Write.ABSENT)));
            }
            for (int i = 0; i < 300; i += 3) {
                store.commit(List.of(new Write.Delete("key/" + i, Write.ANY)));
            }
        }
    }

    @BeforeEach
    void copy() throws IOException {
        file = directory.resolve("records.mdb");
        try (var from = new RandomAccessFile(sound.resolve("records.mdb").toFile(), "r");
                var to = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] used = new byte[USED];
            from.readFully(used);
            to.write(used);
            to.setLength(from.length());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 4096, 5000, 8192, 20000})
    void truncatedFileIsRefusedAndLeft(int length) throws IOException {
        try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(length);
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(file.toString(), "truncated");
        assertThat(Files.size(file)).isEqualTo(length);
    }

    @Test
    void foreignFileIsRefusedAndLeft() throws IOException {
        byte[] foreign = "SQLite format 3\0".repeat(1000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Files.write(file, foreign);
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(file.toString(), "magic");
        assertThat(Files.readAllBytes(file)).isEqualTo(foreign);
    }

    @RepeatedTest(300)
    void junkInTheFileNeverEndsTheJvm(RepetitionInfo run) throws IOException {
        var random = new Random(run.getCurrentRepetition());
        byte[] junk = new byte[1 + random.nextInt(64)];
        random.nextBytes(junk);
        try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < 8; i++) {
                raw.seek(random.nextInt(USED) & -8);
                raw.write(junk);
            }
        }
        try (KeyValueStore store = open()) {
            store.list("");
            store.commit(List.of(new Write.Put("after", new byte[2000], Write.ANY)));
            assertThat(store.get("after")).isPresent();
        } catch (CnmException refused) {
            assertThat(refused).hasMessageContaining(file.toString());
        }
    }

    @Test
    void whatIsNotDamagedIsAccepted() throws IOException {
        byte[] before = Arrays.copyOf(Files.readAllBytes(file), USED);
        try (KeyValueStore store = open()) {
            assertThat(store.list("key/")).hasSize(200);
        }
        assertThat(Arrays.copyOf(Files.readAllBytes(file), USED)).isEqualTo(before);
    }

    private KeyValueStore open() {
        return new EmbeddedStoreProvider().open(directory, Durability.POWER_LOSS);
    }
}

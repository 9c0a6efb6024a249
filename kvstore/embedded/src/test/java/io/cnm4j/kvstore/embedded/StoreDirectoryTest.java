package io.cnm4j.kvstore.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreDirectoryTest {
    @TempDir
    Path temp;

    @Test
    void directoryIs0700AndFilesAre0600() throws IOException {
        Path directory = temp.resolve("a/b");
        open(directory, Durability.PROCESS_END).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void secondOpenInThisProcessIsRefusedAndTheFirstKeepsItsLock() throws Exception {
        try (KeyValueStore first = open(temp, Durability.POWER_LOSS)) {
            assertThatThrownBy(() -> open(temp, Durability.POWER_LOSS))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll(
                            temp.toString(),
                            "this process",
                            String.valueOf(ProcessHandle.current().pid()));
            assertThat(openElsewhere())
                    .contains(
                            "ConfigurationException",
                            "process " + ProcessHandle.current().pid());
            put(first, "a");
        }
        assertThat(openElsewhere()).isEqualTo("opened\n");
    }

    private String openElsewhere() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenElsewhere.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT) // a newer JVM warns there about native access
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void whatAnotherBootLeftIsVoidWithProcessEnd() throws IOException {
        Path bootId = Files.writeString(temp.resolve("boot-id"), "11111111-1111-1111-1111-111111111111\n");
        Path directory = temp.resolve("store");
        var provider = new EmbeddedStoreProvider(bootId);
        try (KeyValueStore store = provider.open(directory, Durability.PROCESS_END)) {
            put(store, "a");
        }
        try (KeyValueStore store = provider.open(directory, Durability.PROCESS_END)) {
            assertThat(store.get("a")).isPresent();
        }
        Files.writeString(bootId, "22222222-2222-2222-2222-222222222222\n");
        Files.writeString(directory.resolve("records.mdb"), "torn: never looked at");
        try (KeyValueStore store = provider.open(directory, Durability.PROCESS_END)) {
            assertThat(store.list("")).isEmpty();
            put(store, "b");
        }
        try (KeyValueStore store = provider.open(directory, Durability.PROCESS_END)) {
            assertThat(store.get("b")).isPresent();
        }
    }

    @Test
    void storeIsNotOpenedWithAnotherDurability() {
        Path lasting = temp.resolve("lasting");
        Path living = temp.resolve("living");
        open(lasting, Durability.POWER_LOSS).close();
        open(living, Durability.PROCESS_END).close();
        assertThatThrownBy(() -> open(lasting, Durability.PROCESS_END))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(lasting.toString(), "PROCESS_END");
        assertThatThrownBy(() -> open(living, Durability.POWER_LOSS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(living.toString(), "POWER_LOSS");
        open(lasting, Durability.POWER_LOSS).close();
        open(living, Durability.PROCESS_END).close();
    }

    @Test
    void bootFileThatHoldsSomethingElseIsRefusedAndLeft() throws IOException {
        open(temp, Durability.PROCESS_END).close();
        Files.writeString(temp.resolve("boot"), "shopping list");
        long size = Files.size(temp.resolve("records.mdb"));
        assertThatThrownBy(() -> open(temp, Durability.PROCESS_END)).isInstanceOf(ConfigurationException.class);
        assertThat(Files.size(temp.resolve("records.mdb"))).isEqualTo(size);
    }

    @Test
    void directoryThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> open(file, Durability.POWER_LOSS)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> open(file.resolve("below"), Durability.POWER_LOSS))
                .isInstanceOf(StoreException.class);
        assertThat(file).hasContent("x");
    }

    private static KeyValueStore open(Path directory, Durability durability) {
        return new EmbeddedStoreProvider().open(directory, durability);
    }

    private static void put(KeyValueStore store, String key) {
        store.commit(List.of(new Write.Put(key, new byte[] {1}, Write.ABSENT)));
    }
}

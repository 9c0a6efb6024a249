package io.cnm4j.kvstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoomTest {
    private static final byte[] LARGE = new byte[KeyValueStore.MAX_VALUE];

    @TempDir
    Path temp;

    @Test
    void storeGrowsBeyondItsFirstMap() {
        try (KeyValueStore store = open(temp, Durability.PROCESS_END)) {
            for (int i = 0; i < 40; i++) {
                store.commit(List.of(new Write.Put("large/" + i, LARGE, Write.ABSENT)));
            }
            assertThat(store.list("large/")).hasSize(40);
        }
        try (KeyValueStore store = open(temp, Durability.PROCESS_END)) {
            assertThat(store.list("large/")).extracting(Entry::value).allMatch(value -> value.length == LARGE.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void fullDiskLosesNothingAndIsOverWhenThereIsRoom(Durability durability) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small disk needs root");
        Path disk = Files.createDirectory(temp.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk.toString()) == 0,
                "no tmpfs can be mounted here");
        try {
            fillUp(disk, durability);
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void fillUp(Path disk, Durability durability) throws IOException {
        Path directory = disk.resolve("store");
        try (KeyValueStore store = open(directory, durability)) {
            store.commit(List.of(new Write.Put("a", new byte[100], Write.ABSENT)));
            Path ballast = disk.resolve("ballast");
            assertThatThrownBy(() -> Files.write(ballast, new byte[8 << 20])).isInstanceOf(IOException.class);

            assertThatThrownBy(() -> store.commit(List.of(new Write.Put("b", LARGE, Write.ABSENT))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("records.mdb");
            assertThat(store.list("")).extracting(Entry::key).containsExactly("a");

            Files.delete(ballast);
            store.commit(List.of(new Write.Put("b", LARGE, Write.ABSENT)));
        }
        try (KeyValueStore store = open(directory, durability)) {
            assertThat(store.list("")).extracting(Entry::key).containsExactly("a", "b");
        }
    }

    @Test
    void fullDiskAtTheFirstOpenIsSaidAndForgotten() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small disk needs root");
        Path disk = Files.createDirectory(temp.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk.toString()) == 0,
                "no tmpfs can be mounted here");
        try {
            Path ballast = disk.resolve("ballast");
            assertThatThrownBy(() -> Files.write(ballast, new byte[8 << 20])).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> open(disk.resolve("store"), Durability.POWER_LOSS))
                    .isInstanceOf(StoreException.class);
            Files.delete(ballast);
            open(disk.resolve("store"), Durability.POWER_LOSS).close();
        } finally {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    private static KeyValueStore open(Path directory, Durability durability) {
        return new EmbeddedStoreProvider().open(directory, durability);
    }
}

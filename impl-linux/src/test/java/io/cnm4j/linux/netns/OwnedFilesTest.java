package io.cnm4j.linux.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.KernelTap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedFilesTest {
    @TempDir
    Path directory;

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
    }

    @Test
    void aFileIsReadableByAllInADirectoryBelowAPrivateOne() throws IOException {
        OwnedFiles.write(path("root/sandbox/hosts"), "127.0.0.1\tlocalhost\n", KernelTap.NONE);
        assertThat(mode("root")).isEqualTo("rwx------");
        assertThat(mode("root/sandbox")).isEqualTo("rwxr-xr-x");
        assertThat(mode("root/sandbox/hosts")).isEqualTo("rw-r--r--");
        assertThat(OwnedFiles.read(path("root/sandbox/hosts"))).contains("127.0.0.1\tlocalhost\n");
    }

    @Test
    void contentChangesInPlace() throws IOException {
        OwnedFiles.write(path("s/hosts"), "a long line, longer than a page: " + "x".repeat(10_000), KernelTap.NONE);
        Object inode = Files.getAttribute(Path.of(path("s/hosts")), "unix:ino");
        assertThat(OwnedFiles.read(path("s/hosts")).orElseThrow()).hasSize(10_033);
        OwnedFiles.write(path("s/hosts"), "käse", KernelTap.NONE);
        assertThat(OwnedFiles.read(path("s/hosts"))).contains("käse");
        OwnedFiles.write(path("s/hosts"), "", KernelTap.NONE);
        assertThat(OwnedFiles.read(path("s/hosts"))).contains("");
        assertThat(Files.getAttribute(Path.of(path("s/hosts")), "unix:ino")).isEqualTo(inode);
    }

    @Test
    void theDirectoryGoesWithItsLastFile() {
        OwnedFiles.write(path("s/hosts"), "h", KernelTap.NONE);
        OwnedFiles.write(path("s/resolv.conf"), "r", KernelTap.NONE);
        OwnedFiles.delete(path("s/hosts"), KernelTap.NONE);
        assertThat(directory.resolve("s")).isDirectory();
        OwnedFiles.delete(path("s/resolv.conf"), KernelTap.NONE);
        assertThat(directory.resolve("s")).doesNotExist();
        OwnedFiles.delete(path("s/resolv.conf"), KernelTap.NONE);
        assertThat(OwnedFiles.read(path("s/hosts"))).isEmpty();
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), "precious");
        Files.createSymbolicLink(directory.resolve("hosts"), target);
        assertThatThrownBy(() -> OwnedFiles.write(path("hosts"), "x", KernelTap.NONE))
                .isInstanceOf(KernelException.class)
                .hasMessageContainingAll(path("hosts"), "ELOOP");
        assertThat(target).hasContent("precious");
    }
}

package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.spi.host.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the store is said, nothing is lost by it, and all goes on when its cause is gone. */
class StorePromiseTest {
    @TempDir
    Path directory;

    private final FaultTap tap = new FaultTap();
    private Path disk;

    @BeforeEach
    void mountSmallDisk() throws IOException {
        disk = Files.createDirectory(directory.resolve("disk"));
        TestNetns.inHere("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk.toString());
    }

    @AfterEach
    void unmount() {
        TestNetns.inHere("umount", disk.toString());
    }

    @KernelTest
    void fullDiskFailsTheCallsUntilThereIsRoom() throws IOException {
        try (var lab = new Lab(disk)) {
            lab.warm();
            Network web = lab.network("web");
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.sandbox("two");
            HostSnapshot before = snapshot();
            Path ballast = fill();

            Throwable refused = null;
            for (int i = 0; i < 200 && refused == null; i++) { // free pages of the store may serve for some time
                String name = "n" + i;
                refused = catchThrowable(() -> lab.network(name));
            }
            assertThat(refused).isInstanceOf(CnmException.class).hasMessageContainingAll(disk.toString(), ";");
            assertThatThrownBy(() -> lab.sandbox("three")).isInstanceOf(CnmException.class);

            Files.delete(ballast);
            for (Network network : lab.controller().networks()) {
                if (network.name().startsWith("n")) {
                    network.delete();
                }
            }
            assertThat(HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(5))))
                    .isEmpty();
            web.connect(two, EndpointRequest.named("two"));
            assertThat(Traffic.echoes(Traffic.in(one), Lab.address(two, Family.IPV4)))
                    .isTrue();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            assertThat(lab.controller().sandboxes()).hasSize(2);
        }
    }

    private Path fill() {
        Path ballast = disk.resolve("ballast");
        assertThatThrownBy(() -> Files.write(ballast, new byte[8 << 20])).isInstanceOf(IOException.class);
        return ballast;
    }

    @KernelTest
    void readOnlyDirectoryIsRefusedAndNothingIsLost() {
        try (var lab = new Lab(disk, tap)) {
            lab.connected(lab.network("web"), "one");
            lab.controller().close();
            TestNetns.inHere("mount", "-o", "remount,bind,ro", disk.toString());
            assertThatThrownBy(lab::revive)
                    .isInstanceOf(CnmException.class)
                    .hasMessageContainingAll(disk.toString(), ";");
            TestNetns.inHere("mount", "-o", "remount,bind,rw", disk.toString());
            comesBackUntouched(lab);
        }
    }

    @KernelTest
    void storeOfALiveControllerIsRefusedToAnother() {
        try (var lab = new Lab(disk, tap)) {
            lab.connected(lab.network("web"), "one");
            assertThatThrownBy(() -> new LinuxControllerProvider(KernelTap.NONE).open(Lab.config(disk)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(disk.toString());
            lab.connected(lab.controller().networkByName("web"), "two");
            lab.controller().close();
            comesBackUntouched(lab);
        }
    }

    @KernelTest
    void truncatedStoreIsRefusedAndTheRestoredOneFindsAll() throws IOException {
        wrongFile(new byte[100], StoreException.class);
    }

    @KernelTest
    void foreignFileIsRefusedAndTheRestoredOneFindsAll() throws IOException {
        wrongFile(
                "not a store\n".repeat(1000).getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                ConfigurationException.class);
    }

    private void wrongFile(byte[] content, Class<? extends CnmException> type) throws IOException {
        try (var lab = new Lab(disk, tap)) {
            lab.connected(lab.network("web"), "one");
            lab.controller().close();
            HostSnapshot before = snapshot();
            Path records = disk.resolve("state/store/records.mdb");
            Path aside = disk.resolve("aside"); // the same disk: the file is large and mostly holes
            Files.move(records, aside);
            Files.write(records, content);
            assertThatThrownBy(lab::revive).isExactlyInstanceOf(type).hasMessageContaining(records.toString());
            assertThat(Files.readAllBytes(records)).as("left as it was").isEqualTo(content);
            assertThat(HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(5))))
                    .as("what the kernel has")
                    .isEmpty();
            Files.move(aside, records, StandardCopyOption.REPLACE_EXISTING);
            comesBackUntouched(lab);
        }
    }

    private void comesBackUntouched(Lab lab) {
        tap.calls.clear();
        lab.revive();
        assertThat(tap.calls).as("calls that changed something").isEmpty();
        assertThat(lab.controller().check()).isEmpty();
        assertThat(lab.controller().sandboxes().get(0).endpoints()).hasSize(1);
    }

    private HostSnapshot snapshot() {
        return HostSnapshot.of(List.of(Path.of(TestNetns.here().path())), List.of(), directory);
    }
}

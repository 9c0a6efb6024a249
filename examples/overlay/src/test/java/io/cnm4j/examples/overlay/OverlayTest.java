package io.cnm4j.examples.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.examples.quickstart.ExampleRun;
import io.cnm4j.tck.ConsulServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OverlayTest {
    @ParameterizedTest // S6, GW-06, S12, S13, OV-26, DS-12
    @EnumSource
    @Tag("kernel")
    void theShopFindsItsDatabaseAndTheBlogDoesNot(StoreKind store) throws Exception {
        ExampleRun.assumeRoot();
        assumeTrue(
                store != StoreKind.CONSUL || ConsulServer.isInstalled(),
                "no Consul; .ci/setup takes it from Debian 11");
        assertThat(ExampleRun.told(Overlay::main, "--store", store.label()))
                .contains("store: " + store.label(), "somebody outside", "shop: ann, bob", "blog: knows no db")
                .endsWith("overlay: ok\nleaks: 0\n");
    }

    @Test // OV-18, OV-19
    @Tag("kernel")
    void theSameIsTrueOfEncryptedNetworks() throws Exception {
        ExampleRun.assumeRoot();
        assertThat(ExampleRun.told(Overlay::main, "--encrypted"))
                .contains("is encrypted", "somebody outside", "shop: ann, bob", "blog: knows no db")
                .endsWith("overlay: ok\nleaks: 0\n");
    }

    @Test
    void anUnknownStoreIsRefused() {
        assertThatThrownBy(() -> Overlay.main(new String[] {"--store", "paper"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embedded|etcd|consul|zookeeper");
    }
}

package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.store.Durability;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Another process that wants the store; prints what it got. */
final class OpenElsewhere {
    private OpenElsewhere() {}

    public static void main(String[] args) {
        var out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        try {
            new EmbeddedStoreProvider()
                    .open(Path.of(args[0]), Durability.POWER_LOSS)
                    .close();
            out.print("opened\n");
        } catch (CnmException e) {
            out.print(e + "\n");
        }
    }
}

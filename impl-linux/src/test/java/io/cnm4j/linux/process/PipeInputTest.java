package io.cnm4j.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PipeInputTest {
    private static final int LIMIT_SECONDS = 10;

    private final SlowPipe pipe = new SlowPipe("what the process said");
    private final PipeInput input = new PipeInput(pipe);

    @Test
    void readerGetsAllAlthoughTheProcessEndsDuringARead() throws Exception {
        var read = CompletableFuture.supplyAsync(this::all);
        assertThat(pipe.entered.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        input.processEnded();
        pipe.go.countDown();
        assertThat(read.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("what the process said");
        assertThat(pipe.closed).isTrue();
    }

    @Test
    void endOfTheProcessKeepsWhatIsLeftAndClosesThePipe() {
        pipe.go.countDown();
        input.processEnded();
        assertThat(pipe.closed).isTrue();
        assertThat(all()).isEqualTo("what the process said");
    }

    @Test
    void endOfTheProcessAfterTheUserClosedIsFine() throws Exception {
        pipe.go.countDown();
        input.close();
        input.processEnded();
        assertThat(pipe.closed).isTrue();
    }

    private String all() {
        try {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Holds up its first reader between the decision to read and the read. */
    private static final class SlowPipe extends FilterInputStream {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);
        volatile boolean closed;

        SlowPipe(String text) {
            super(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public int read(byte[] octets, int from, int length) throws IOException {
            if (entered.getCount() > 0) {
                entered.countDown();
                try {
                    assertThat(go.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return super.read(octets, from, length);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}

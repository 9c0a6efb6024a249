package io.cnm4j.kvstore.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Takes an answer that is wanted as a whole. */
final class WholeAnswer extends Receiver<Answer> {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;

    @Override
    void head(int status, HttpHeaders headers) {
        this.status = status;
        this.headers = headers;
    }

    @Override
    void piece(ByteBuf octets) throws IOException {
        if (octets.readableBytes() > MOST_OCTETS - body.size()) {
            throw tooLong();
        }
        octets.readBytes(body, octets.readableBytes());
    }

    @Override
    void end() {
        answer.complete(new Answer(status, headers, body.toByteArray()));
    }
}

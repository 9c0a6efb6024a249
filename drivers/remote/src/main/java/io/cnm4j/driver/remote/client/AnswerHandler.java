package io.cnm4j.driver.remote.client;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Takes the one answer of a connection, or what went wrong instead. */
final class AnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final CompletableFuture<HttpAnswer> answer;
    private final int maxAnswer;

    AnswerHandler(CompletableFuture<HttpAnswer> answer, int maxAnswer) {
        this.answer = answer;
        this.maxAnswer = maxAnswer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail("the answer is not HTTP: " + response.decoderResult().cause().getMessage());
        } else {
            answer.complete(new HttpAnswer(response.status().code(), ByteBufUtil.getBytes(response.content())));
        }
        PluginHttp.close(context.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail("the connection was closed before there was a whole answer of at most " + maxAnswer + " octets");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause.toString());
        PluginHttp.close(context.channel());
    }

    private void fail(String how) {
        answer.completeExceptionally(new IOException(how));
    }
}

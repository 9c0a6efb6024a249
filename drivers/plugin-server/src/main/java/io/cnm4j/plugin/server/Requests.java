package io.cnm4j.plugin.server;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.driver.remote.client.PluginHttp;
import io.cnm4j.driver.remote.protocol.BadMessageException;
import io.cnm4j.driver.remote.protocol.Json;
import io.cnm4j.driver.remote.protocol.Method;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests off the wire and hands them to services, on threads that may wait. */
final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

    private final Map<String, PluginService> services = new TreeMap<>();
    private final Executor workers;

    Requests(List<PluginService> services, Executor workers) {
        services.forEach(service -> {
            if (this.services.put(service.type(), service) != null) {
                throw new IllegalArgumentException("two services are of type " + service.type());
            }
        });
        this.workers = workers;
    }

    /** Returns what reads one connection. */
    ChannelHandler handler() {
        return new SimpleChannelInboundHandler<FullHttpRequest>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
                take(context, request);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                LOG.debug("a connection failed", cause);
                context.close().addListener(ChannelFutureListener.CLOSE);
            }
        };
    }

    private void take(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        Optional<Method> method = request.method().equals(HttpMethod.POST)
                ? Method.of(request.uri().startsWith("/") ? request.uri().substring(1) : "")
                : Optional.empty();
        byte[] body = ByteBufUtil.getBytes(request.content());
        try {
            workers.execute(() -> send(
                    context,
                    method.map(asked -> answer(asked, body))
                            .orElseGet(() -> response(HttpResponseStatus.NOT_FOUND, Map.of("Err", "no such method"))),
                    keepAlive));
        } catch (RejectedExecutionException busy) {
            send(
                    context,
                    response(HttpResponseStatus.SERVICE_UNAVAILABLE, Map.of("Err", "busy or stopping; try again")),
                    false);
        }
    }

    private FullHttpResponse answer(Method method, byte[] body) {
        try {
            Optional<Map<String, Object>> answer = method == Method.ACTIVATE
                    ? Optional.of(Map.of("Implements", List.copyOf(services.keySet())))
                    : Optional.ofNullable(services.get(method.type()))
                            .flatMap(service -> service.answer(method, Json.read(body)));
            return answer.map(fields -> response(HttpResponseStatus.OK, fields))
                    .orElseGet(() -> response(HttpResponseStatus.NOT_FOUND, Map.of("Err", "no such method")));
        } catch (CnmException | BadMessageException refused) {
            LOG.info("{} is refused", method, refused);
            return response(HttpResponseStatus.OK, Map.of(method.errorField(), String.valueOf(refused.getMessage())));
        } catch (RuntimeException | Error bug) {
            LOG.error("{} failed", method, bug);
            return response(HttpResponseStatus.INTERNAL_SERVER_ERROR, Map.of(method.errorField(), "failed: " + bug));
        }
    }

    private static FullHttpResponse response(HttpResponseStatus status, Map<String, Object> fields) {
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(Json.write(fields)));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, PluginHttp.MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    private static void send(ChannelHandlerContext context, FullHttpResponse response, boolean keepAlive) {
        HttpUtil.setKeepAlive(response, keepAlive);
        context.writeAndFlush(response)
                .addListener(keepAlive ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE);
    }
}

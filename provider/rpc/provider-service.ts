import type * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { packageSchema } from "../../schema/package-schema";
import { answering, type Unary } from "./answering";
import type { EngineLog } from "./engine-log";
import { outputsIn, recorded } from "./recorded";
import { encode, withMore } from "./wire";
import type { Session } from "../../foundation/session";

const { Kind } = pb.PropertyDiff;
const KINDS = { add: Kind.ADD, delete: Kind.DELETE, update: Kind.UPDATE };

/** Pulumi's resource provider protocol, one method per call; the work is done by `operations.ts`. */
export function providerService(
  version: string,
  log: EngineLog,
  session: Session,
): grpc.UntypedServiceImplementation {
  const cancellation = new AbortController();

  const answer = answering({ signal: cancellation.signal, session }, log);

  const getPluginInfo: Unary<Empty, PluginInfo> = (_call, callback) => {
    const info = new PluginInfo();
    info.setVersion(version);
    callback(null, info);
  };

  const getSchema: Unary<pb.GetSchemaRequest, pb.GetSchemaResponse> = (_call, callback) => {
    const response = new pb.GetSchemaResponse();
    response.setSchema(JSON.stringify(packageSchema()));
    callback(null, response);
  };

  const configure: Unary<pb.ConfigureRequest, pb.ConfigureResponse> = (_call, callback) => {
    const response = new pb.ConfigureResponse();
    response.setAcceptsecrets(true);
    // Without it every output of an updated resource is unknown in a preview, and all that depends on it looks replaced.
    response.setSupportspreview(true);
    callback(null, response);
  };

  const checkConfig: Unary<pb.CheckRequest, pb.CheckResponse> = ({ request }, callback) => {
    const response = new pb.CheckResponse();
    response.setInputs(request.getNews());
    callback(null, response);
  };

  const cancel: Unary<Empty, Empty> = (_call, callback) => {
    cancellation.abort();
    callback(null, new Empty());
  };

  const check = answer(
    "check",
    (request: pb.CheckRequest) => [request.getNews(), request.getOlds()],
    async (resource, request, context, [inputs, old]) => {
      const response = new pb.CheckResponse();
      response.setInputs(request.getNews());
      for (const { where, text } of await resource.check(inputs, context)) {
        const failure = new pb.CheckFailure();
        // Not as its property: Pulumi would print the whole value, which may be long or secret.
        failure.setReason(context.quotable(`${where}: ${text}`));
        response.addFailures(failure);
      }
      if (response.getFailuresList().length === 0)
        response.setInputs(withMore(request.getNews(), await resource.derived(inputs, old, context)));
      return response;
    },
  );

  const diff = answer(
    "diff",
    (request: pb.DiffRequest) => [request.getOlds(), request.getNews(), request.getOldInputs()],
    async (resource, _request, _context, [old, inputs, former]) => {
      const state = recorded(resource.shape, old, former);
      const difference = resource.diff(state, inputs);
      const { changed, replaces } = difference;
      const { DiffChanges } = pb.DiffResponse;
      const response = new pb.DiffResponse();
      response.setChanges(changed.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
      response.setDiffsList(changed);
      response.setReplacesList(replaces);
      response.setDeletebeforereplace(resource.handler.deleteBeforeReplace ?? false);
      for (const { path, kind } of resource.details(difference, state, inputs)) {
        const change = new pb.PropertyDiff();
        change.setKind(KINDS[kind]);
        response.getDetaileddiffMap().set(path, change);
        response.setHasdetaileddiff(true);
      }
      return response;
    },
  );

  const create = answer(
    "create",
    (request: pb.CreateRequest) => [request.getProperties()],
    async (resource, request, context, [inputs]) => {
      const preview = request.getPreview();
      const { id, values, secrets } = preview
        ? await resource.previewCreate(inputs, context)
        : await resource.create(inputs, context);
      const response = new pb.CreateResponse();
      response.setId(id);
      response.setProperties(encode(outputsIn(resource.shape, values), secrets));
      return response;
    },
  );

  const read = answer(
    "read",
    (request: pb.ReadRequest) => [request.getProperties(), request.getInputs()],
    async (resource, request, context, [state, former]) => {
      const response = new pb.ReadResponse();
      const found = await resource.read(request.getId(), recorded(resource.shape, state, former), context);
      if (!found) return response;
      const inputs = Object.fromEntries(
        Object.entries(found.values).filter(([name]) => name in resource.shape.inputs),
      );
      response.setId(found.id);
      response.setProperties(encode(outputsIn(resource.shape, found.values), found.secrets));
      response.setInputs(encode(inputs, found.secrets));
      return response;
    },
  );

  const update = answer(
    "update",
    (request: pb.UpdateRequest) => [request.getOlds(), request.getNews(), request.getOldInputs()],
    async (resource, request, context, [state, inputs, former]) => {
      const id = request.getId();
      const old = recorded(resource.shape, state, former);
      const { values, secrets } = request.getPreview()
        ? await resource.previewUpdate(id, old, inputs, context)
        : await resource.update(id, old, inputs, context);
      const response = new pb.UpdateResponse();
      response.setProperties(encode(outputsIn(resource.shape, values), secrets));
      return response;
    },
  );

  const delete_ = answer(
    "delete",
    (request: pb.DeleteRequest) => [request.getProperties(), request.getOldInputs()],
    async (resource, request, context, [state, former]) => {
      await resource.delete(request.getId(), recorded(resource.shape, state, former), context);
      return new Empty();
    },
  );

  return {
    getPluginInfo,
    getSchema,
    configure,
    checkConfig,
    cancel,
    check,
    diff,
    create,
    read,
    update,
    delete: delete_,
  };
}

import { ADDER, ADMINISTRATOR, S3_BUCKET } from "./access.ts";
import { type S3Store, s3Request } from "./request.ts";

/** Makes the bucket, which keeps each version of an object and into which one account may only put objects. It can be repeated. */
export async function setUpS3(store: S3Store): Promise<void> {
  await ask(store, "", "", [200, 409]);
  await ask(store, "?versioning", VERSIONING);
  await ask(store, "?policy", JSON.stringify(policy));
}

const VERSIONING =
  '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>';

const policy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: [ADDER.accessKey] }, Action: ["s3:PutObject"], Resource: [`arn:aws:s3:::${S3_BUCKET}/*`] },
  ],
};

async function ask(store: S3Store, query: string, body: string, fine: readonly number[] = [200, 204]): Promise<void> {
  const { status, text } = await s3Request(store, ADMINISTRATOR, "PUT", `/${S3_BUCKET}${query}`, body);
  if (!fine.includes(status)) throw new Error(`the object store refused PUT /${S3_BUCKET}${query} with status ${status}: ${text}`);
}

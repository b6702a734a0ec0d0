import { describe, expect, it } from "vitest";
import { databaseStatements } from "../../../devcloud/openstack/databases.ts";
import { passwords } from "./passwords.ts";

describe("databaseStatements", () => {
  it("makes each database anew, for the services' user alone", () => {
    const statements = databaseStatements([{ packages: [], services: [], databases: ["glance"] }], passwords);
    expect(statements).toBe(`CREATE OR REPLACE USER 'openstack'@'127.0.0.1' IDENTIFIED BY 'database-secret';
DROP DATABASE IF EXISTS glance;
CREATE DATABASE glance CHARACTER SET utf8mb3;
GRANT ALL ON glance.* TO 'openstack'@'127.0.0.1';`);
  });
});

import { describe, expect, it } from "vitest";
import { databaseStatements } from "../../../devcloud/openstack/databases.ts";
import { passwords } from "./passwords.ts";

describe("databaseStatements", () => {
  it("creates each database for the services' user only", () => {
    const statements = databaseStatements([{ packages: [], services: [], databases: ["glance"] }], passwords);
    expect(statements).toBe(`CREATE USER 'openstack'@'127.0.0.1' IDENTIFIED BY 'database-secret';
CREATE DATABASE glance CHARACTER SET utf8mb3;
GRANT ALL ON glance.* TO 'openstack'@'127.0.0.1';`);
  });
});

param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageAccountName string
param packageContainerUrl string
param ownerKeySecretUri string
param pepperSecretUri string
param applicationInsightsConnectionString string
param httpConcurrency int
param maximumInstances int
param instanceMemory int

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
    }
  }
}

// Named and explained in docs/operating.md. No account key is among them.
resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: storageAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    Storage__AccountName: storageAccountName
    Storage__ManagedIdentityClientId: identityClientId
    RECORDS_OWNER_KEY: '@Microsoft.KeyVault(SecretUri=${ownerKeySecretUri})'
    RECORDS_PEPPER: '@Microsoft.KeyVault(SecretUri=${pepperSecretUri})'
    Http__ForwardedHeaders: 'true'
    EnforceRetentionSchedule: '0 */5 * * * *'
    MaintainStorageSchedule: '30 */10 * * * *'
    APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
